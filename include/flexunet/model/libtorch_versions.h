#pragma once

#include <torch/torch.h>
#include <torch/version.h>

#include <vector>

namespace flexunet {

// What differs between the versions of LibTorch that FlexUNet builds with.

/// Whether float32 convolutions and matrix products on a GPU may round their operands to TF32.
inline void set_tf32(bool allowed) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 11)
  // Where these exist, the older calls warn.
  const at::Float32Precision precision =
      allowed ? at::Float32Precision::TF32 : at::Float32Precision::IEEE;
  for (const at::Float32Op op : {at::Float32Op::CONV, at::Float32Op::MATMUL}) {
    at::globalContext().setFloat32Precision(at::Float32Backend::CUDA, op, precision);
  }
#else
  at::globalContext().setAllowTF32CuDNN(allowed);
  at::globalContext().setAllowTF32CuBLAS(allowed);
#endif
}

/// What LibTorch's kernels need to update all parameters at once, on one device.
struct FusedAdam {
  std::vector<torch::Tensor> parameters, gradients, first_moments, second_moments;
  double clip, beta1, beta2, epsilon;
  torch::Tensor step_size;  ///< a scalar, as the next two
  torch::Tensor kept;       ///< by weight decay: multiplies the parameters first; undefined: all
  torch::Tensor steps;      ///< taken so far; LibTorch corrects its moments by 1 - beta^steps
};

#if TORCH_VERSION_MAJOR >= 2
constexpr bool kHasFusedAdam = true;
inline void run_fused_adam(const FusedAdam& adam) {
  at::_foreach_clamp_min_(adam.gradients, -adam.clip);
  at::_foreach_clamp_max_(adam.gradients, adam.clip);
  if (adam.kept.defined()) at::_foreach_mul_(adam.parameters, adam.kept);
  const std::vector<torch::Tensor> steps(adam.parameters.size(), adam.steps);
  at::_fused_adam_(adam.parameters, adam.gradients, adam.first_moments, adam.second_moments, {},
                   steps, adam.step_size, adam.beta1, adam.beta2, /*weight_decay=*/0.0,
                   adam.epsilon, /*amsgrad=*/false, /*maximize=*/false);
}
#else
constexpr bool kHasFusedAdam = false;
inline void run_fused_adam(const FusedAdam&) {}
#endif

}  // namespace flexunet
