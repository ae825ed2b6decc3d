#include <gtest/gtest.h>

#include <string>

#include "flexunet/model/flexunet.h"
#include "flexunet/model/losses.h"
#include "flexunet/options/names.h"
#include "support/relative_difference.h"

namespace flexunet {
namespace {

NetworkOptions network_with(NormalizationKind normalization) {
  NetworkOptions network;
  network.image_width = 32;
  network.image_height = 32;
  network.num_classes = 3;
  network.base_filters = 8;
  network.num_layers = 3;
  network.normalization = normalization;
  return network;
}

// What a training step leaves in a network, which starts from the same weights in any format.
struct Step {
  torch::Tensor logits;
  FlexUNet model{nullptr};
};
Step step_in(torch::ScalarType type, const NetworkOptions& network) {
  torch::manual_seed(1);
  const torch::Tensor images = torch::randint(256, {2, 3, 32, 32}, torch::kUInt8);
  const torch::Tensor class_masks = torch::randint(3, {2, 32, 32}, torch::kLong);
  Step step{{}, FlexUNet(network, 1)};
  step.model->set_compute_type(type);
  step.model->train();
  step.logits = step.model(images);
  compute_loss({}, step.logits, class_masks).backward();
  return step;
}

class Bfloat16Steps : public testing::TestWithParam<NormalizationKind> {};

// Eight bits of mantissa: 2^-9 a rounding, some dozen of them in a row.
TEST_P(Bfloat16Steps, ComesCloseToFloat32) {
  constexpr double kTolerance = 0.03;
  const Step exact = step_in(torch::kFloat32, network_with(GetParam()));
  const Step rounded = step_in(torch::kBFloat16, network_with(GetParam()));
  const double difference = relative_difference(exact.logits, rounded.logits);
  EXPECT_GT(difference, 1e-5) << "it was not computed in bfloat16";
  EXPECT_LT(difference, kTolerance);
  const auto exact_parameters = exact.model->named_parameters();
  for (const auto& item : rounded.model->named_parameters()) {
    EXPECT_EQ(item.value().dtype(), torch::kFloat32) << item.key();
    ASSERT_TRUE(item.value().grad().defined()) << item.key();
    EXPECT_EQ(item.value().grad().dtype(), torch::kFloat32) << item.key();
  }
  const char* const kHead = "head.weight";
  EXPECT_LT(relative_difference(exact_parameters[kHead].grad(),
                                rounded.model->named_parameters()[kHead].grad()),
            2 * kTolerance);
}

INSTANTIATE_TEST_SUITE_P(Normalizations, Bfloat16Steps,
                         testing::Values(NormalizationKind::kNone, NormalizationKind::kBatch,
                                         NormalizationKind::kGroup, NormalizationKind::kInstance),
                         [](const auto& instance) { return name_of(instance.param); });

TEST(Bfloat16, GivesLogitsInFloat32) {
  const Step step = step_in(torch::kBFloat16, network_with(NormalizationKind::kNone));
  EXPECT_EQ(step.logits.dtype(), torch::kFloat32);
}

TEST(Bfloat16, IsComputedForEveryActivation) {
  for (const Activation activation :
       {Activation::kRelu, Activation::kElu, Activation::kSelu, Activation::kGelu,
        Activation::kTanh, Activation::kSigmoid, Activation::kSoftplus, Activation::kLeakyRelu,
        Activation::kSwish, Activation::kMish}) {
    NetworkOptions network = network_with(NormalizationKind::kNone);
    network.activation = activation;
    EXPECT_LT(relative_difference(step_in(torch::kFloat32, network).logits,
                                  step_in(torch::kBFloat16, network).logits),
              0.05)
        << name_of(activation);
  }
}

}  // namespace
}  // namespace flexunet
