#pragma once

#include <torch/torch.h>

#include <string>

namespace flexunet {

/// "auto" (CUDA when there is one, else CPU), "cpu", "cuda" or "cuda:N". Throws ConfigError when
/// the name is unknown or the device is not there: never a silent fall-back.
torch::Device select_device(const std::string& name);

/// Threads for LibTorch: `requested` if above 0, else one a physical core. Returns it. How they are
/// shared with the rest: base/threads.h.
int select_threads(int requested);

/// The number format of activations that "float32", "bfloat16" or "auto" asks for. auto is bfloat16
/// on a CPU with instructions for it (avx512_bf16, amx_bf16) and float32 elsewhere.
torch::ScalarType select_compute_type(const std::string& precision, torch::Device device);

/// "float32" or "bfloat16".
std::string precision_name(torch::ScalarType compute_type);

}  // namespace flexunet
