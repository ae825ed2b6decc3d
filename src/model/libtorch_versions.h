#pragma once

#include <torch/torch.h>
#include <torch/version.h>

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

}  // namespace flexunet
