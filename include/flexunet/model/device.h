#pragma once

#include <torch/torch.h>

#include <string>

namespace flexunet {

/// "auto" (CUDA when there is one, else CPU), "cpu", "cuda" or "cuda:N". Throws ConfigError when
/// the name is unknown or the device is not there: never a silent fall-back.
torch::Device select_device(const std::string& name);

/// LibTorch's settings for `device`; none for a CPU. On a GPU, cuDNN times its algorithms for each
/// new shape and keeps the quickest, and TF32 is allowed, as in PyTorch for convolutions.
void set_up_device(torch::Device device);

/// Whether a GPU may round the operands of float32 convolutions and matrix products to TF32, which
/// has the range of float32 and 10 bits of mantissa; sums stay float32.
void allow_tf32(bool allowed);

/// Threads for LibTorch: `requested` if above 0, else one a physical core. Returns it. How they are
/// shared with the rest: base/threads.h.
int select_threads(int requested);

/// The number format of activations that "float32", "bfloat16" or "auto" asks for. auto is bfloat16
/// on a CPU with instructions for it (avx512_bf16, amx_bf16), on a GPU of compute capability 8.0 or
/// more, and float32 elsewhere.
torch::ScalarType select_compute_type(const std::string& precision, torch::Device device);

/// "float32" or "bfloat16".
std::string precision_name(torch::ScalarType compute_type);

}  // namespace flexunet
