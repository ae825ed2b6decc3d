#include "flexunet/model/losses.h"

#include <numeric>
#include <stdexcept>

namespace flexunet {
namespace {

// Probability of each pixel's true class, (N,1,H,W): what sum_c(t * p) is for a one-hot t.
torch::Tensor true_class_probs(const torch::Tensor& probs, const torch::Tensor& class_masks) {
  return probs.gather(1, class_masks.unsqueeze(1));
}

// Element by element; `smooth` keeps what is empty on both sides from 0 / 0.
torch::Tensor dice_of(const torch::Tensor& intersection, const torch::Tensor& total,
                      double smooth = 1e-6) {
  return (2 * intersection + smooth) / (total + smooth);
}

torch::Tensor dice_coef_multiclass(const torch::Tensor& probs, const torch::Tensor& class_masks) {
  constexpr double kSmooth = 1.0;
  const torch::Tensor intersection = true_class_probs(probs, class_masks).sum({1, 2, 3});
  const double true_sum = static_cast<double>(class_masks[0].numel());
  return dice_of(intersection, probs.sum({1, 2, 3}) + true_sum, kSmooth).mean();
}

// What the Dice of each class is made of, each (N,C): sum(t*p), sum t + sum p, sum t.
struct ClassSums {
  torch::Tensor intersection;
  torch::Tensor total;
  torch::Tensor truth;
};

ClassSums sum_classes(const torch::Tensor& probs, const torch::Tensor& class_masks) {
  const torch::Tensor one_hot = torch::zeros_like(probs).scatter_(1, class_masks.unsqueeze(1), 1.0);
  const torch::Tensor truth = one_hot.sum({2, 3});
  return {(one_hot * probs).sum({2, 3}), truth + probs.sum({2, 3}), truth};
}

torch::Tensor dice_coef_foreground(const torch::Tensor& probs, const torch::Tensor& class_masks) {
  const ClassSums sums = sum_classes(probs, class_masks);
  return dice_of(sums.intersection, sums.total).slice(1, 1).mean();
}

// 1 - mean Dice of the foreground classes that occur in the batch, 0 if none does.
torch::Tensor batch_dice_loss(const torch::Tensor& probs, const torch::Tensor& class_masks) {
  const ClassSums sums = sum_classes(probs, class_masks);
  const torch::Tensor dice = dice_of(sums.intersection.sum(0), sums.total.sum(0)).slice(0, 1);
  const torch::Tensor occurs = (sums.truth.sum(0) > 0).slice(0, 1).to(dice.scalar_type());
  // Without a look at the numbers: that would make a GPU wait.
  return ((1.0 - dice) * occurs).sum() / occurs.sum().clamp_min(1.0);
}

// 1 - mean over the pixels of the Dice over the class axis.
torch::Tensor pixel_dice_loss(const torch::Tensor& probs, const torch::Tensor& class_masks) {
  const torch::Tensor intersection = true_class_probs(probs, class_masks);
  return 1.0 - dice_of(intersection, probs.sum(1, /*keepdim=*/true) + 1.0).mean();
}

// Of each pixel, (N,H,W), not weighted.
torch::Tensor pixel_crossentropy(const torch::Tensor& logits, const torch::Tensor& class_masks) {
  return torch::nn::functional::cross_entropy(
      logits, class_masks,
      torch::nn::functional::CrossEntropyFuncOptions().reduction(torch::kNone));
}

// Mean over all pixels, each weighted by its true class. LibTorch's own weighted mean divides by
// the sum of the weights, so that a batch of rare classes alone would count as any other.
torch::Tensor weighted_mean(const torch::Tensor& pixels, const torch::Tensor& class_masks,
                            const std::vector<double>& class_weights) {
  if (class_weights.empty()) return pixels.mean();
  const torch::Tensor weights = torch::empty({static_cast<std::int64_t>(class_weights.size())},
                                             pixels.options().requires_grad(false));
  // One by one, by the device itself: for a copy from the host a GPU would have to wait.
  for (std::int64_t c = 0; c < weights.size(0); ++c) {
    weights[c].fill_(class_weights[static_cast<std::size_t>(c)]);
  }
  return (weights.index_select(0, class_masks.flatten()).view_as(pixels) * pixels).mean();
}

torch::Tensor crossentropy(const LossOptions& options, const torch::Tensor& logits,
                           const torch::Tensor& class_masks) {
  // LibTorch's mean adds on a GPU in the order in which its blocks come to their end.
  if (options.class_weights.empty() && logits.is_cpu()) {
    return torch::nn::functional::cross_entropy(logits, class_masks);
  }
  return weighted_mean(pixel_crossentropy(logits, class_masks), class_masks, options.class_weights);
}

torch::Tensor focal_crossentropy(const LossOptions& options, const torch::Tensor& logits,
                                 const torch::Tensor& class_masks) {
  const torch::Tensor pixels = pixel_crossentropy(logits, class_masks);
  // 1 - p from the crossentropy itself: no cancellation where p is near 1. The bound keeps the
  // gradient finite at p = 1 where gamma is below 1.
  const torch::Tensor missing = -torch::expm1(-pixels);
  return weighted_mean(missing.clamp_min(1e-12).pow(options.focal_gamma) * pixels, class_masks,
                       options.class_weights);
}

}  // namespace

torch::Tensor compute_loss(const LossOptions& options, const torch::Tensor& logits,
                           const torch::Tensor& class_masks) {
  const auto probs = [&] { return torch::softmax(logits, 1); };
  switch (options.loss) {
    case LossKind::kCategoricalCrossentropy:
      return crossentropy(options, logits, class_masks);
    case LossKind::kDiceLossMulticlass:
      return 1.0 - dice_coef_multiclass(probs(), class_masks);
    case LossKind::kCategoricalFocalDiceLoss:
      return crossentropy(options, logits, class_masks) + pixel_dice_loss(probs(), class_masks);
    case LossKind::kDiceCrossentropy:
      return crossentropy(options, logits, class_masks) + batch_dice_loss(probs(), class_masks);
    case LossKind::kFocalCrossentropy:
      return focal_crossentropy(options, logits, class_masks);
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

std::vector<double> balanced_class_weights(const std::vector<std::int64_t>& class_pixels) {
  const double pixels = static_cast<double>(
      std::accumulate(class_pixels.begin(), class_pixels.end(), std::int64_t{0}));
  const auto classes = static_cast<double>(class_pixels.size());
  std::vector<double> weights;
  for (const std::int64_t count : class_pixels) {
    weights.push_back(count == 0 ? 1.0 : pixels / (classes * static_cast<double>(count)));
  }
  return weights;
}

}  // namespace flexunet
