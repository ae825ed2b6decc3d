#pragma once

#include <torch/torch.h>

#include "flexunet/config/options.h"

namespace flexunet {

/// The loss of a batch, a scalar with gradient (behaviour section 5).
/// logits (N,C,H,W) float; class_masks (N,H,W) int64, 0..C-1, on the same device.
torch::Tensor compute_loss(LossKind loss, const torch::Tensor& logits,
                           const torch::Tensor& class_masks);

/// The metric of a batch, a scalar (behaviour section 5).
/// probs (N,C,H,W) float, summing to 1 over C; class_masks (N,H,W) int64, 0..C-1.
torch::Tensor compute_metric(const LossOptions& options, const torch::Tensor& probs,
                             const torch::Tensor& class_masks);

}  // namespace flexunet
