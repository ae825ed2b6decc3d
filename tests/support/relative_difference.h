#pragma once

#include <torch/torch.h>

namespace flexunet {

/// |a - b| as a share of |a| in the Euclidean norm, both taken to the CPU.
inline double relative_difference(const torch::Tensor& a, const torch::Tensor& b) {
  return ((a.cpu() - b.cpu()).norm() / a.cpu().norm()).item<double>();
}

}  // namespace flexunet
