#include "flexunet/model/losses.h"

#include <gtest/gtest.h>

#include <cmath>

namespace flexunet {
namespace {

// Two samples of 1x2 pixels and three classes, small enough to check on paper.
torch::Tensor probs() {
  // (N,C,H,W): sample 0 has pixels (0.7,0.2,0.1) and (0.1,0.6,0.3); sample 1 (0.2,0.2,0.6),
  // (0.5,0.25,0.25).
  return torch::tensor({0.7, 0.1, 0.2, 0.6, 0.1, 0.3, 0.2, 0.5, 0.2, 0.25, 0.6, 0.25},
                       torch::kFloat64)
      .reshape({2, 3, 1, 2});
}

torch::Tensor truth() { return torch::tensor({0, 1, 2, 1}, torch::kLong).reshape({2, 1, 2}); }

double loss_of(LossKind loss) { return compute_loss(loss, probs().log(), truth()).item<double>(); }

double metric_of(const LossOptions& options) {
  return compute_metric(options, probs(), truth()).item<double>();
}

const double kCrossentropy = -(std::log(0.7) + std::log(0.6) + std::log(0.6) + std::log(0.25)) / 4;

// Per sample (2*sum(t*p)+1)/(sum t + sum p + 1): (2*1.3+1)/5 and (2*0.85+1)/5.
const double kDiceMulticlass = (3.6 / 5 + 2.7 / 5) / 2;

// Per sample and class 1, 2 over the pixels, eps 1e-6. Sample 0: class 1 has t (0,1), p (0.2,0.6);
// class 2 does not occur, p (0.1,0.3). Sample 1: class 1 has t (0,1), p (0.2,0.25); class 2 t
// (1,0), p (0.6,0.25).
const double kEps = 1e-6;
const double kDiceForeground = ((1.2 + kEps) / (1.8 + kEps) + kEps / (0.4 + kEps) +
                                (0.5 + kEps) / (1.45 + kEps) + (1.2 + kEps) / (1.85 + kEps)) /
                               4;

TEST(Losses, CategoricalCrossentropyIsTheMeanOverPixels) {
  EXPECT_NEAR(loss_of(LossKind::kCategoricalCrossentropy), kCrossentropy, 1e-12);
}

TEST(Losses, DiceLossMulticlassIsOneMinusTheCoefficient) {
  EXPECT_NEAR(loss_of(LossKind::kDiceLossMulticlass), 1 - kDiceMulticlass, 1e-12);
}

TEST(Losses, CategoricalFocalDiceAddsThePixelwiseDice) {
  // Each pixel's Dice over the classes is (2p+eps)/(2+eps), p the true class's probability.
  const double dice = (1.4 + 1.2 + 1.2 + 0.5 + 4 * kEps) / 4 / (2 + kEps);
  EXPECT_NEAR(loss_of(LossKind::kCategoricalFocalDiceLoss), kCrossentropy + 1 - dice, 1e-12);
}

TEST(Metrics, DiceCoefMulticlassCountsBackground) {
  EXPECT_NEAR(metric_of({}), kDiceMulticlass, 1e-12);
}

TEST(Metrics, DiceCoefForegroundLeavesBackgroundOut) {
  LossOptions options;
  options.metric = MetricKind::kDiceCoefForeground;
  EXPECT_NEAR(metric_of(options), kDiceForeground, 1e-12);
}

TEST(Metrics, DiceCoefHybridWeighsBoth) {
  LossOptions options;
  options.metric = MetricKind::kDiceCoefHybrid;
  EXPECT_NEAR(metric_of(options), (1.5 * kDiceMulticlass + 0.5 * kDiceForeground) / 2, 1e-12);
}

class LossGradients : public testing::TestWithParam<LossKind> {};

TEST_P(LossGradients, AgreeWithCentralDifferences) {
  torch::manual_seed(3);
  const torch::Tensor logits = torch::randn({2, 3, 2, 2}, torch::kFloat64).requires_grad_();
  const torch::Tensor masks = torch::randint(3, {2, 2, 2}, torch::kLong);
  compute_loss(GetParam(), logits, masks).backward();
  constexpr double kStep = 1e-5;
  const torch::NoGradGuard no_grad;
  for (std::int64_t i = 0; i < logits.numel(); ++i) {
    const auto shifted = [&](double step) {
      torch::Tensor copy = logits.detach().clone();
      copy.flatten()[i] += step;
      return compute_loss(GetParam(), copy, masks).item<double>();
    };
    const double expected = (shifted(kStep) - shifted(-kStep)) / (2 * kStep);
    EXPECT_NEAR(logits.grad().flatten()[i].item<double>(), expected, 1e-8);
  }
}

INSTANTIATE_TEST_SUITE_P(All, LossGradients,
                         testing::Values(LossKind::kCategoricalCrossentropy,
                                         LossKind::kDiceLossMulticlass,
                                         LossKind::kCategoricalFocalDiceLoss));

}  // namespace
}  // namespace flexunet
