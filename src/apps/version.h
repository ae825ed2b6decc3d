#pragma once

#include <string>

namespace flexunet {

/// Versions of everything that computes: our own, LibTorch, BLAS, OpenCV, CPU capability, CUDA.
std::string version_text(const std::string& program);

}  // namespace flexunet
