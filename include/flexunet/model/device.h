#pragma once

#include <torch/torch.h>

#include <string>

namespace flexunet {

/// "auto" (CUDA when there is one, else CPU), "cpu", "cuda" or "cuda:N". Throws ConfigError when
/// the name is unknown or the device is not there: never a silent fall-back.
torch::Device select_device(const std::string& name);

/// Threads for LibTorch and OpenCV: `requested` if above 0, else one a physical core. Returns it.
int select_threads(int requested);

}  // namespace flexunet
