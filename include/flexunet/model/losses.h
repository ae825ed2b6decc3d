#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "flexunet/options/options.h"

namespace flexunet {

/// The loss of a batch, a scalar with gradient. p is the softmax of the logits, ce = -log p of a
/// pixel's true class times its class weight, 1 where options.class_weights is empty:
///   categorical_crossentropy: mean of ce over all pixels; dice_loss_multiclass and
///   categorical_focal_dice_loss: docs/behaviour.md, "Losses";
///   dice_crossentropy: mean of ce + 1 - D; D is the mean of (2*sum(t*p)+e)/(sum t + sum p + e),
///   e = 1e-6, over the classes 1.. that occur in the batch's masks, each summed over the batch
///   (Milletari et al. 2016, Drozdzal et al. 2016; as everywhere here, absent classes do not
///   count); without foreground in the batch D is 1; focal_crossentropy: mean of (1 -
///   p)^focal_gamma * ce (Lin et al. 2017).
/// logits (N,C,H,W) float; class_masks (N,H,W) int64, 0..C-1, on the same device.
torch::Tensor compute_loss(const LossOptions& options, const torch::Tensor& logits,
                           const torch::Tensor& class_masks);

/// The metric of a batch, a scalar (docs/behaviour.md, "Metrics and scores").
/// probs (N,C,H,W) float, summing to 1 over C; class_masks (N,H,W) int64, 0..C-1.
torch::Tensor compute_metric(const LossOptions& options, const torch::Tensor& probs,
                             const torch::Tensor& class_masks);

/// Weights that give every class the same share of the crossentropy: pixels / (classes * pixels of
/// the class), so that their mean over these pixels is 1 (King, Zeng 2001). A class without pixels
/// gets 1.
std::vector<double> balanced_class_weights(const std::vector<std::int64_t>& class_pixels);

}  // namespace flexunet
