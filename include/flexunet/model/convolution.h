#pragma once

#include <torch/torch.h>

#include "flexunet/config/network_shape.h"

namespace flexunet {

/// Convolution of stride 1 that keeps the size: x (N,in,H,W) float32 or bfloat16, weight
/// (out,in,k,k) and bias (out) float32 -> (N,out,H,W) in the number format of x. How it is computed
/// depends on the shape: all ways are equal within rounding.
torch::Tensor convolve(const torch::Tensor& x, const torch::Tensor& weight,
                       const torch::Tensor& bias, const LevelShape& shape);

/// Pixels on each side that keep the size.
std::int64_t same_padding(const LevelShape& shape);

/// The same as one matrix product of all pixels' neighbourhoods and the weights, which are taken as
/// they are: quicker where there are few pixels and many weights.
torch::Tensor convolve_as_product(const torch::Tensor& x, const torch::Tensor& weight,
                                  const torch::Tensor& bias, const LevelShape& shape);

}  // namespace flexunet
