// A training step on the GPU beside the same one on the CPU.
#include <string>

#include "flexunet/model/flexunet.h"
#include "flexunet/model/losses.h"
#include "flexunet/model/precision.h"
#include "flexunet/model/scores.h"
#include "flexunet/options/names.h"
#include "gpu/gpu.h"
#include "support/relative_difference.h"

namespace flexunet {
namespace {

constexpr int kClasses = 3;

NetworkOptions network_with(NormalizationKind normalization) {
  NetworkOptions network;
  network.image_width = 32;
  network.image_height = 32;
  network.num_classes = kClasses;
  network.base_filters = 8;
  network.base_kernel = 5;
  network.num_layers = 3;
  network.dilation = 2;
  network.normalization = normalization;
  // Where BatchNorm's rounding moves a value over ReLU's kink, gradients jump by 2 %.
  if (normalization == NormalizationKind::kBatch) network.activation = Activation::kSwish;
  return network;
}

// What a training step leaves in a network, which starts from the same weights on any device.
struct Step {
  torch::Tensor logits;
  torch::Tensor loss;
  FlexUNet model{nullptr};
};

Step step_on(torch::Device device, torch::ScalarType type, NormalizationKind normalization,
             const LossOptions& options = {}) {
  torch::manual_seed(1);
  const torch::Tensor images = torch::randint(256, {2, 3, 32, 32}, torch::kUInt8);
  const torch::Tensor class_masks = torch::randint(kClasses, {2, 32, 32}, torch::kLong);
  Step step;
  step.model = FlexUNet(network_with(normalization), 1);
  step.model->to(device);
  step.model->set_compute_type(type);
  step.model->train();
  step.logits = step.model(images.to(device));
  step.loss = compute_loss(options, step.logits, class_masks.to(device));
  step.loss.backward();
  return step;
}

// Small networks with random masks magnify what is rounded in every layer; the head comes last.
void expect_head_close(const Step& cpu, const Step& gpu, double tolerance) {
  const char* const kHead = "head.weight";
  EXPECT_TRUE(gpu.logits.is_cuda());
  EXPECT_LT(relative_difference(cpu.logits, gpu.logits), tolerance);
  EXPECT_LT(relative_difference(cpu.model->named_parameters()[kHead].grad(),
                                gpu.model->named_parameters()[kHead].grad()),
            2 * tolerance);
  for (const auto& item : gpu.model->named_parameters()) {
    ASSERT_TRUE(item.value().grad().defined()) << item.key();
    EXPECT_EQ(item.value().grad().dtype(), torch::kFloat32) << item.key();
  }
}

class StepOnGpu : public OnGpu, public testing::WithParamInterface<NormalizationKind> {};

TEST_P(StepOnGpu, EqualsTheCpuInFloat32) {
  const Step cpu = step_on(torch::kCPU, torch::kFloat32, GetParam());
  const Step gpu = step_on(kGpu, torch::kFloat32, GetParam());
  expect_head_close(cpu, gpu, 1e-4);
  const auto expected = cpu.model->named_parameters();
  for (const auto& item : gpu.model->named_parameters()) {
    EXPECT_LT(relative_difference(expected[item.key()].grad(), item.value().grad()), 1e-3)
        << item.key();
  }
}

// TF32 has ten bits of mantissa: 2^-11 a rounding, some dozen of them in a row.
TEST_P(StepOnGpu, ComesCloseToTheCpuInTf32) {
  allow_tf32(true);
  expect_head_close(step_on(torch::kCPU, torch::kFloat32, GetParam()),
                    step_on(kGpu, torch::kFloat32, GetParam()), 0.01);
}

// Eight bits of mantissa. Both round, at different places.
TEST_P(StepOnGpu, ComesCloseToTheCpuInBfloat16) {
  const Step exact = step_on(torch::kCPU, torch::kFloat32, GetParam());
  const Step gpu = step_on(kGpu, torch::kBFloat16, GetParam());
  EXPECT_GT(relative_difference(exact.logits, gpu.logits), 1e-5)
      << "it was not computed in bfloat16";
  EXPECT_EQ(gpu.logits.dtype(), torch::kFloat32);
  expect_head_close(exact, gpu, 0.03);
}

INSTANTIATE_TEST_SUITE_P(Normalizations, StepOnGpu,
                         testing::Values(NormalizationKind::kNone, NormalizationKind::kBatch,
                                         NormalizationKind::kGroup, NormalizationKind::kInstance),
                         [](const auto& instance) { return name_of(instance.param); });

using LossOnGpu = OnGpu;

TEST_F(LossOnGpu, EqualsTheCpuForEveryKindWithClassWeights) {
  for (const LossKind kind : {LossKind::kCategoricalCrossentropy, LossKind::kDiceLossMulticlass,
                              LossKind::kCategoricalFocalDiceLoss, LossKind::kDiceCrossentropy,
                              LossKind::kFocalCrossentropy}) {
    LossOptions options;
    options.loss = kind;
    options.class_weights = {0.5, 1, 3};
    const Step cpu = step_on(torch::kCPU, torch::kFloat32, NormalizationKind::kNone, options);
    const Step gpu = step_on(kGpu, torch::kFloat32, NormalizationKind::kNone, options);
    EXPECT_NEAR(gpu.loss.item<double>(), cpu.loss.item<double>(), 1e-4) << name_of(kind);
  }
}

TEST_F(LossOnGpu, EqualsTheCpuForEveryMetric) {
  torch::manual_seed(2);
  const torch::Tensor probs = torch::softmax(torch::randn({2, kClasses, 16, 16}), 1);
  const torch::Tensor masks = torch::randint(kClasses, {2, 16, 16}, torch::kLong);
  for (const MetricKind kind : {MetricKind::kDiceCoefMulticlass, MetricKind::kDiceCoefForeground,
                                MetricKind::kDiceCoefHybrid}) {
    LossOptions options;
    options.metric = kind;
    EXPECT_NEAR(compute_metric(options, probs.to(kGpu), masks.to(kGpu)).item<double>(),
                compute_metric(options, probs, masks).item<double>(), 1e-5);
  }
}

TEST_F(LossOnGpu, CountsTheSameClassPixels) {
  torch::manual_seed(3);
  const torch::Tensor predicted = torch::randint(7, {3, 64, 64}, torch::kLong);
  const torch::Tensor truth = torch::randint(7, {3, 64, 64}, torch::kLong);
  EXPECT_TRUE(torch::equal(count_class_pixels(predicted.to(kGpu), truth.to(kGpu), 7).cpu(),
                           count_class_pixels(predicted, truth, 7)));
}

// What adds in the order in which threads come gives other bits from run to run.
class DeterministicOnGpu : public OnGpu {
 protected:
  void SetUp() override {
    OnGpu::SetUp();
    if (!IsSkipped()) set_up_device(kGpu, Determinism::kDeterministic);
  }
  void TearDown() override {
    if (!IsSkipped()) set_up_device(kGpu);
  }
};

TEST_F(DeterministicOnGpu, EqualStepsGiveEqualBytes) {
  for (const LossKind kind : {LossKind::kCategoricalCrossentropy, LossKind::kDiceLossMulticlass,
                              LossKind::kCategoricalFocalDiceLoss, LossKind::kDiceCrossentropy,
                              LossKind::kFocalCrossentropy}) {
    for (const NormalizationKind normalization :
         {NormalizationKind::kNone, NormalizationKind::kBatch, NormalizationKind::kGroup}) {
      for (const torch::ScalarType type : {torch::kFloat32, torch::kBFloat16}) {
        LossOptions options;
        options.loss = kind;
        const Step first = step_on(kGpu, type, normalization, options);
        const Step second = step_on(kGpu, type, normalization, options);
        EXPECT_TRUE(torch::equal(first.loss, second.loss)) << name_of(kind);
        const auto expected = first.model->named_parameters();
        for (const auto& item : second.model->named_parameters()) {
          EXPECT_TRUE(torch::equal(expected[item.key()].grad(), item.value().grad()))
              << name_of(kind) << ", " << name_of(normalization) << ", " << item.key();
        }
      }
    }
  }
}

using DeviceOnGpu = OnGpu;

TEST_F(DeviceOnGpu, BecomesTheCurrentOne) {
  EXPECT_EQ(torch::empty({}, torch::kCUDA).device(), kGpu);
}

TEST_F(DeviceOnGpu, SearchesForAlgorithmsOnlyWhileAsked) {
  const auto searches = [] { return at::globalContext().benchmarkCuDNN(); };
  EXPECT_FALSE(searches());
  {
    const AlgorithmSearch search(true);
    EXPECT_TRUE(searches());
    const AlgorithmSearch none(false);
    EXPECT_FALSE(searches());
  }
  EXPECT_FALSE(searches());
  set_up_device(kGpu, Determinism::kDeterministic);
  EXPECT_FALSE((AlgorithmSearch(true), searches()));
  set_up_device(kGpu);
}

TEST_F(DeviceOnGpu, IsChosenByNameAndNumber) {
  EXPECT_EQ(select_device("auto"), kGpu);
  EXPECT_EQ(select_device("cuda"), kGpu);
  EXPECT_EQ(select_device("cuda:0"), kGpu);
  EXPECT_ANY_THROW(select_device("cuda:99"));
}

TEST_F(DeviceOnGpu, TellsInWhichPrecisionItIsFaster) {
  NetworkOptions network;
  network.image_width = 64;
  network.image_height = 64;
  network.base_filters = 8;
  network.num_layers = 3;
  for (const Pass pass : {Pass::kTraining, Pass::kPrediction}) {
    const PrecisionChoice choice = measure_precision(network, 2, pass, kGpu);
    EXPECT_EQ(choice.type, choose_precision(choice.seconds));
    EXPECT_EQ(choice.share > 0, computes_bfloat16(kGpu));
  }
}

}  // namespace
}  // namespace flexunet
