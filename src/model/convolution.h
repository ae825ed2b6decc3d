#pragma once

#include <torch/torch.h>

#include <cstdint>

#include "flexunet/model/prepared_weight.h"

namespace flexunet {

/// The number format in which LibTorch is to convolve x: that of x, but float32 for bfloat16 on a
/// CPU for which it has no quick way (oneDNN wants AVX-512), where it would also add the gradients
/// of biases in bfloat16.
torch::ScalarType convolution_type(const torch::Tensor& x);

/// Convolution of stride 1 that keeps the size: x (N,in,H,W) float32 or bfloat16, weight
/// (out,in,k,k) and bias (out) float32 -> (N,out,H,W) in the number format of x. How it is computed
/// depends on the shapes: all ways are equal within rounding. `prepared` is this weight's.
torch::Tensor convolve(const torch::Tensor& x, const torch::Tensor& weight,
                       const torch::Tensor& bias, std::int64_t dilation, PreparedWeight& prepared);

/// The same as one matrix product of all pixels' neighbourhoods and the weights, which are taken as
/// they are: quicker where there are few pixels and many weights.
torch::Tensor convolve_as_product(const torch::Tensor& x, const torch::Tensor& weight,
                                  const torch::Tensor& bias, std::int64_t dilation);

}  // namespace flexunet
