#include "flexunet/model/losses.h"
#include "flexunet/options/names.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

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

double loss_of(const LossOptions& options) {
  return compute_loss(options, probs().log(), truth()).item<double>();
}

LossOptions loss(LossKind kind, std::vector<double> class_weights = {}) {
  LossOptions options;
  options.loss = kind;
  options.class_weights = std::move(class_weights);
  return options;
}

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
  EXPECT_NEAR(loss_of(loss(LossKind::kCategoricalCrossentropy)), kCrossentropy, 1e-12);
}

TEST(Losses, DiceLossMulticlassIsOneMinusTheCoefficient) {
  EXPECT_NEAR(loss_of(loss(LossKind::kDiceLossMulticlass)), 1 - kDiceMulticlass, 1e-12);
}

TEST(Losses, CategoricalFocalDiceAddsThePixelwiseDice) {
  // Each pixel's Dice over the classes is (2p+eps)/(2+eps), p the true class's probability.
  const double dice = (1.4 + 1.2 + 1.2 + 0.5 + 4 * kEps) / 4 / (2 + kEps);
  EXPECT_NEAR(loss_of(loss(LossKind::kCategoricalFocalDiceLoss)), kCrossentropy + 1 - dice, 1e-12);
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

// Summed over the batch: class 1 has intersection 0.6 + 0.25, truth 2, probabilities 0.2 + 0.6 +
// 0.2
// + 0.25; class 2 has intersection 0.6, truth 1, probabilities 0.1 + 0.3 + 0.6 + 0.25.
const double kBatchDice = ((1.7 + kEps) / (3.25 + kEps) + (1.2 + kEps) / (2.25 + kEps)) / 2;

TEST(Losses, DiceCrossentropyPoolsEachForegroundClassOverTheBatch) {
  EXPECT_NEAR(loss_of(loss(LossKind::kDiceCrossentropy)), kCrossentropy + 1 - kBatchDice, 1e-12);
}

TEST(Losses, DiceCrossentropyLeavesOutClassesThatTheBatchHasNot) {
  const LossOptions options = loss(LossKind::kDiceCrossentropy);
  const torch::Tensor masks = torch::tensor({0, 1, 1, 1}, torch::kLong).reshape({2, 1, 2});
  const double crossentropy = -(std::log(0.7) + std::log(0.6) + std::log(0.2) + std::log(0.25)) / 4;
  const double dice = (2 * (0.6 + 0.2 + 0.25) + kEps) / (3 + 1.25 + kEps);
  EXPECT_NEAR(compute_loss(options, probs().log(), masks).item<double>(), crossentropy + 1 - dice,
              1e-12);
}

TEST(Losses, DiceCrossentropyIsTheCrossentropyWithoutForeground) {
  const torch::Tensor masks = torch::zeros({2, 1, 2}, torch::kLong);
  const torch::Tensor logits = probs().log();
  EXPECT_NEAR(compute_loss(loss(LossKind::kDiceCrossentropy), logits, masks).item<double>(),
              compute_loss({}, logits, masks).item<double>(), 1e-12);
}

TEST(Losses, FocalCrossentropyCountsHardPixelsMore) {
  LossOptions options = loss(LossKind::kFocalCrossentropy);
  const auto focal = [](double p, double gamma) { return -std::pow(1 - p, gamma) * std::log(p); };
  for (const double gamma : {0.5, 2.0, 3.0}) {
    options.focal_gamma = gamma;
    const double expected =
        (focal(0.7, gamma) + focal(0.6, gamma) + focal(0.6, gamma) + focal(0.25, gamma)) / 4;
    EXPECT_NEAR(loss_of(options), expected, 1e-12) << gamma;
  }
  options.focal_gamma = 0;
  EXPECT_NEAR(loss_of(options), kCrossentropy, 1e-12);
}

TEST(Losses, FocalCrossentropyHasAGradientWhereThePredictionIsPerfect) {
  LossOptions options = loss(LossKind::kFocalCrossentropy);
  options.focal_gamma = 0.5;
  const torch::Tensor logits =
      torch::tensor({200.0, 0.0}, torch::kFloat32).reshape({1, 2, 1, 1}).requires_grad_();
  compute_loss(options, logits, torch::zeros({1, 1, 1}, torch::kLong)).backward();
  EXPECT_TRUE(logits.grad().isfinite().all().item<bool>()) << logits.grad();
}

TEST(Losses, ClassWeightsScaleThePixelsOfTheirTrueClass) {
  const std::vector<double> weights{0.5, 2, 4};
  // Over all four pixels, not over the sum of the weights.
  const double weighted =
      -(0.5 * std::log(0.7) + 2 * std::log(0.6) + 4 * std::log(0.6) + 2 * std::log(0.25)) / 4;
  const double pixel_dice = (1.4 + 1.2 + 1.2 + 0.5 + 4 * kEps) / 4 / (2 + kEps);
  EXPECT_NEAR(loss_of(loss(LossKind::kCategoricalCrossentropy, weights)), weighted, 1e-12);
  EXPECT_NEAR(loss_of(loss(LossKind::kDiceCrossentropy, weights)), weighted + 1 - kBatchDice,
              1e-12);
  EXPECT_NEAR(loss_of(loss(LossKind::kCategoricalFocalDiceLoss, weights)),
              weighted + 1 - pixel_dice, 1e-12);
  LossOptions focal = loss(LossKind::kFocalCrossentropy, weights);
  focal.focal_gamma = 1;
  EXPECT_NEAR(loss_of(focal),
              -(0.5 * 0.3 * std::log(0.7) + 2 * 0.4 * std::log(0.6) + 4 * 0.4 * std::log(0.6) +
                2 * 0.75 * std::log(0.25)) /
                  4,
              1e-12);
}

TEST(BalancedClassWeights, GiveEveryClassTheSameShare) {
  const std::vector<std::int64_t> pixels{900, 90, 10};
  const std::vector<double> weights = balanced_class_weights(pixels);
  ASSERT_EQ(weights.size(), 3U);
  double total = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    EXPECT_DOUBLE_EQ(weights[i] * static_cast<double>(pixels[i]), 1000.0 / 3);
    total += weights[i] * static_cast<double>(pixels[i]);
  }
  EXPECT_DOUBLE_EQ(total / 1000, 1.0);
}

TEST(BalancedClassWeights, AreOneForAClassWithoutPixels) {
  EXPECT_EQ(balanced_class_weights({50, 0}), (std::vector<double>{0.5, 1.0}));
}

// Compares the gradient of a function of (2,3,2,2) values with central differences.
void expect_gradient(const std::function<torch::Tensor(const torch::Tensor&)>& function,
                     const torch::Tensor& at) {
  const torch::Tensor values = at.detach().clone().requires_grad_();
  function(values).backward();
  constexpr double kStep = 1e-5;
  const torch::NoGradGuard no_grad;
  for (std::int64_t i = 0; i < values.numel(); ++i) {
    const auto shifted = [&](double step) {
      torch::Tensor copy = values.detach().clone();
      copy.flatten()[i] += step;
      return function(copy).item<double>();
    };
    const double expected = (shifted(kStep) - shifted(-kStep)) / (2 * kStep);
    EXPECT_NEAR(values.grad().flatten()[i].item<double>(), expected, 1e-8);
  }
}

struct Drawn {
  torch::Tensor logits;
  torch::Tensor masks;
};

Drawn draw() {
  torch::manual_seed(3);
  const torch::Tensor logits = torch::randn({2, 3, 2, 2}, torch::kFloat64);
  return {logits, torch::randint(3, {2, 2, 2}, torch::kLong)};
}

class LossGradients : public testing::TestWithParam<LossOptions> {};

TEST_P(LossGradients, AgreeWithCentralDifferences) {
  const Drawn drawn = draw();
  expect_gradient(
      [&](const torch::Tensor& logits) { return compute_loss(GetParam(), logits, drawn.masks); },
      drawn.logits);
}

INSTANTIATE_TEST_SUITE_P(
    All, LossGradients,
    testing::Values(loss(LossKind::kCategoricalCrossentropy), loss(LossKind::kDiceLossMulticlass),
                    loss(LossKind::kCategoricalFocalDiceLoss), loss(LossKind::kDiceCrossentropy),
                    loss(LossKind::kFocalCrossentropy),
                    loss(LossKind::kCategoricalCrossentropy, {0.5, 2, 4}),
                    loss(LossKind::kDiceCrossentropy, {0.5, 2, 4}),
                    loss(LossKind::kFocalCrossentropy, {0.5, 2, 4})),
    [](const auto& test) {
      return name_of(test.param.loss) + (test.param.class_weights.empty() ? "" : "_weighted");
    });

class MetricGradients : public testing::TestWithParam<MetricKind> {};

TEST_P(MetricGradients, AgreeWithCentralDifferences) {
  const Drawn drawn = draw();
  LossOptions options;
  options.metric = GetParam();
  expect_gradient(
      [&](const torch::Tensor& probs) { return compute_metric(options, probs, drawn.masks); },
      torch::softmax(drawn.logits, 1));
}

INSTANTIATE_TEST_SUITE_P(All, MetricGradients,
                         testing::Values(MetricKind::kDiceCoefMulticlass,
                                         MetricKind::kDiceCoefForeground,
                                         MetricKind::kDiceCoefHybrid),
                         [](const auto& test) { return name_of(test.param); });

}  // namespace
}  // namespace flexunet
