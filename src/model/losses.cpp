#include "flexunet/model/losses.h"

#include <stdexcept>

namespace flexunet {
namespace {

// Probability of each pixel's true class, (N,1,H,W): what sum_c(t * p) is for a one-hot t.
torch::Tensor true_class_probs(const torch::Tensor& probs, const torch::Tensor& class_masks) {
  return probs.gather(1, class_masks.unsqueeze(1));
}

torch::Tensor dice_coef_multiclass(const torch::Tensor& probs, const torch::Tensor& class_masks) {
  constexpr double kSmooth = 1.0;
  const torch::Tensor intersection = true_class_probs(probs, class_masks).sum({1, 2, 3});
  const double true_sum = static_cast<double>(class_masks[0].numel());
  return ((2 * intersection + kSmooth) / (probs.sum({1, 2, 3}) + true_sum + kSmooth)).mean();
}

torch::Tensor dice_coef_foreground(const torch::Tensor& probs, const torch::Tensor& class_masks) {
  constexpr double kEpsilon = 1e-6;
  const torch::Tensor one_hot = torch::zeros_like(probs).scatter_(1, class_masks.unsqueeze(1), 1.0);
  const torch::Tensor intersection = (one_hot * probs).sum({2, 3});
  const torch::Tensor total = one_hot.sum({2, 3}) + probs.sum({2, 3});
  const torch::Tensor dice = (2 * intersection + kEpsilon) / (total + kEpsilon);  // (N,C)
  return dice.slice(1, 1).mean();
}

// 1 - mean over the pixels of the Dice over the class axis.
torch::Tensor pixel_dice_loss(const torch::Tensor& probs, const torch::Tensor& class_masks) {
  constexpr double kEpsilon = 1e-6;
  const torch::Tensor intersection = true_class_probs(probs, class_masks);
  const torch::Tensor total = probs.sum(1, /*keepdim=*/true) + 1.0;
  return 1.0 - ((2 * intersection + kEpsilon) / (total + kEpsilon)).mean();
}

}  // namespace

torch::Tensor compute_loss(LossKind loss, const torch::Tensor& logits,
                           const torch::Tensor& class_masks) {
  switch (loss) {
    case LossKind::kCategoricalCrossentropy:
      return torch::nn::functional::cross_entropy(logits, class_masks);
    case LossKind::kDiceLossMulticlass:
      return 1.0 - dice_coef_multiclass(torch::softmax(logits, 1), class_masks);
    case LossKind::kCategoricalFocalDiceLoss:
      return torch::nn::functional::cross_entropy(logits, class_masks) +
             pixel_dice_loss(torch::softmax(logits, 1), class_masks);
  }
  throw std::logic_error("loss without a case");
}

torch::Tensor compute_metric(const LossOptions& options, const torch::Tensor& probs,
                             const torch::Tensor& class_masks) {
  switch (options.metric) {
    case MetricKind::kDiceCoefMulticlass:
      return dice_coef_multiclass(probs, class_masks);
    case MetricKind::kDiceCoefForeground:
      return dice_coef_foreground(probs, class_masks);
    case MetricKind::kDiceCoefHybrid:
      return (dice_coef_multiclass(probs, class_masks) * options.hybrid_alpha +
              dice_coef_foreground(probs, class_masks) * options.hybrid_beta) /
             (options.hybrid_alpha + options.hybrid_beta);
  }
  throw std::logic_error("metric without a case");
}

}  // namespace flexunet
