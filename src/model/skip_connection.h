#pragma once

#include <torch/torch.h>

namespace flexunet {

/// A level's features on their two ways.
struct PooledFeatures {
  torch::Tensor pooled;  ///< to the level below: 2x2 max pooling, (N,C,H/2,W/2)
  torch::Tensor skip;    ///< to the way up: the features themselves
};

/// Features (N,C,H,W), H and W even. The gradients of both ways are added in one pass over the
/// memory, and no indices are kept.
PooledFeatures pool_with_skip(const torch::Tensor& features);

/// Four features (N,4C,H,W) of each pixel, ordered as (row, column, channel), spread over 2x2
/// pixels and followed by the channels of `skip`, (N,S,2H,2W): (N,C+S,2H,2W).
torch::Tensor unfold_beside_skip(const torch::Tensor& features, const torch::Tensor& skip);

}  // namespace flexunet
