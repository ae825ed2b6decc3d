#include "flexunet/model/flexunet.h"

#include <gtest/gtest.h>

#include <cmath>

#include "flexunet/options/names.h"
#include "flexunet/options/network_layers.h"
#include "flexunet/report/architecture.h"
#include "model/activation.h"
#include "model/initialization.h"

namespace flexunet {
namespace {

NetworkOptions small_network() {
  NetworkOptions network;
  network.image_width = 32;
  network.image_height = 16;
  network.num_classes = 3;
  network.base_filters = 4;
  network.base_kernel = 7;
  network.num_layers = 3;
  network.dilation = 2;
  return network;
}

std::int64_t count_parameters(const FlexUNet& model) {
  std::int64_t count = 0;
  for (const torch::Tensor& parameter : model->parameters()) count += parameter.numel();
  return count;
}

TEST(FlexUNet, MapsBytesToLogitsOfTheSameSize) {
  FlexUNet model(small_network());
  const torch::Tensor logits = model(torch::randint(256, {2, 3, 16, 32}, torch::kUInt8));
  EXPECT_EQ(logits.sizes(), (std::vector<std::int64_t>{2, 3, 16, 32}));
  EXPECT_EQ(logits.dtype(), torch::kFloat32);
}

TEST(FlexUNet, HasTheLayersThatAreListed) {
  const NetworkOptions network = small_network();
  const FlexUNet model(network);
  EXPECT_EQ(count_parameters(model), parameter_count(network));
  const auto modules = model->named_modules("", /*include_self=*/false);
  for (const NetworkLayer& layer : network_layers(network)) {
    if (layer.parameters == 0) continue;
    const auto* module = modules.find(layer.name);
    ASSERT_NE(module, nullptr) << layer.name;
    std::int64_t count = 0;
    for (const torch::Tensor& parameter : (*module)->parameters()) count += parameter.numel();
    EXPECT_EQ(count, layer.parameters) << layer.name;
  }
}

TEST(FlexUNet, NamesItsTensorsAsPyTorchUsersExpect) {
  const FlexUNet model(small_network());
  const auto parameters = model->named_parameters();
  const std::vector<std::pair<std::string, std::vector<std::int64_t>>> expected{
      {"encoder.0.conv1.weight", {4, 3, 7, 7}},
      {"encoder.1.conv2.weight", {8, 8, 5, 5}},
      {"encoder.2.conv1.weight", {16, 8, 3, 3}},
      {"decoder.1.up.weight", {16, 8, 2, 2}},
      {"decoder.1.conv1.weight", {8, 16, 5, 5}},
      {"decoder.0.conv1.weight", {4, 8, 7, 7}},
      {"head.weight", {3, 4, 1, 1}},
      {"head.bias", {3}}};
  for (const auto& [name, shape] : expected) {
    const torch::Tensor* parameter = parameters.find(name);
    ASSERT_NE(parameter, nullptr) << name;
    EXPECT_EQ(parameter->sizes(), shape) << name;
  }
}

class Normalizations : public testing::TestWithParam<NormalizationKind> {};

TEST_P(Normalizations, HaveTheirTensorsBesideEveryConvolution) {
  NetworkOptions network = small_network();
  network.normalization = GetParam();
  const FlexUNet model(network);
  const bool batch = GetParam() == NormalizationKind::kBatch;
  EXPECT_EQ(count_parameters(model) + (batch ? 2 * 2 * (4 + 8 + 16 + 8 + 4) : 0),
            parameter_count(network));  // moving statistics count, but are no parameters
  const auto parameters = model->named_parameters();
  for (const char* name : {"encoder.0.norm1", "encoder.2.norm2", "decoder.1.norm2"}) {
    const torch::Tensor* weight = parameters.find(std::string(name) + ".weight");
    const torch::Tensor* bias = parameters.find(std::string(name) + ".bias");
    ASSERT_TRUE(weight != nullptr && bias != nullptr) << name;
    EXPECT_TRUE(weight->eq(1).all().item<bool>()) << name;
    EXPECT_TRUE(bias->eq(0).all().item<bool>()) << name;
  }
  EXPECT_EQ(model->named_buffers().contains("encoder.0.norm1.running_var"), batch);
}

INSTANTIATE_TEST_SUITE_P(, Normalizations,
                         testing::Values(NormalizationKind::kBatch, NormalizationKind::kGroup,
                                         NormalizationKind::kInstance),
                         [](const auto& test) { return name_of(test.param); });

// Mean and variance of a block's output over its groups, (N,groups) each.
std::pair<torch::Tensor, torch::Tensor> group_statistics(NormalizationKind kind, int groups) {
  NetworkOptions network = small_network();
  network.base_filters = 12;
  network.normalization = kind;
  ConvBlock block(network, 0, 3);
  initialize_weights(*block, 5);
  const torch::Tensor images = torch::rand({2, 3, 16, 32});
  const torch::Tensor grouped = block->forward(images).reshape({2, groups, -1});
  return {grouped.mean(2), grouped.var(2, /*unbiased=*/false)};
}

void expect_standard(const torch::Tensor& mean, const torch::Tensor& variance) {
  EXPECT_LT(mean.abs().max().item<double>(), 1e-4);
  // Below 1 by eps / (variance before + eps).
  EXPECT_TRUE(variance.gt(0.95).logical_and(variance.lt(1.0001)).all().item<bool>()) << variance;
}

TEST(FlexUNet, NormalizesGroupsOfChannelsOfEachImage) {
  const auto [mean, variance] = group_statistics(NormalizationKind::kGroup, 4);
  expect_standard(mean, variance);
  const auto by_channel = group_statistics(NormalizationKind::kGroup, 12);
  EXPECT_GT(by_channel.first.abs().max().item<double>(), 1e-2);
}

TEST(FlexUNet, NormalizesEachChannelOfEachImageByItself) {
  const auto [mean, variance] = group_statistics(NormalizationKind::kInstance, 12);
  expect_standard(mean, variance);
}

TEST(NormalizationGroups, DivideTheChannels) {
  EXPECT_EQ(normalization_groups(NormalizationKind::kGroup, 64), 8);
  EXPECT_EQ(normalization_groups(NormalizationKind::kGroup, 12), 4);
  EXPECT_EQ(normalization_groups(NormalizationKind::kGroup, 7), 1);
  EXPECT_EQ(normalization_groups(NormalizationKind::kInstance, 12), 12);
}

TEST(FlexUNet, DividesBy255OnlyWhenTold) {
  NetworkOptions network = small_network();
  FlexUNet normalising(network);
  network.input_normalize = false;
  FlexUNet raw(network);  // the same seed, the same weights
  const torch::Tensor images = torch::randint(256, {1, 3, 16, 32}).to(torch::kFloat32);
  EXPECT_TRUE(torch::allclose(normalising(images), raw(images / 255.0), 1e-4, 1e-5));
  EXPECT_FALSE(torch::allclose(normalising(images), raw(images), 1e-2, 1e-2));
}

TEST(FlexUNet, DropsNothingInEvaluationModeAndSomethingInTraining) {
  NetworkOptions network = small_network();
  network.dropout_rate = 0.2;
  FlexUNet model(network);
  const torch::Tensor images = torch::randint(256, {1, 3, 16, 32}, torch::kUInt8);
  model->eval();
  EXPECT_TRUE(torch::equal(model(images), model(images)));
  model->train();
  EXPECT_FALSE(torch::equal(model(images), model(images)));
}

TEST(UpConvolution, EqualsATransposedConvolutionBesideTheSkipConnection) {
  torch::manual_seed(1);
  UpConvolution up(6, 4);
  const torch::NoGradGuard no_grad;
  for (torch::Tensor& parameter : up->parameters()) parameter.normal_();
  const torch::Tensor x = torch::randn({2, 6, 5, 7}).contiguous(torch::MemoryFormat::ChannelsLast);
  const auto parameters = up->named_parameters();
  const torch::Tensor expected =
      torch::conv_transpose2d(x, parameters["weight"], parameters["bias"], 2);
  const torch::Tensor skip = torch::randn({2, 3, 10, 14});
  EXPECT_TRUE(torch::allclose(up(x, skip), torch::cat({expected, skip}, 1), 1e-5, 1e-5));
}

TEST(Initialization, DrawsTheSameWeightsFromTheSameSeed) {
  FlexUNet first(small_network(), 5);
  FlexUNet second(small_network(), 5);
  FlexUNet other(small_network(), 6);
  const auto weight = [](const FlexUNet& model) {
    return model->named_parameters()["encoder.1.conv1.weight"];
  };
  EXPECT_TRUE(torch::equal(weight(first), weight(second)));
  EXPECT_FALSE(torch::equal(weight(first), weight(other)));
}

// He et al. 2015 with Keras's truncation: standard deviation sqrt(2/fan_in), cut at two sigma of
// the normal before the cut.
TEST(Initialization, HasKerasStatistics) {
  NetworkOptions network = small_network();
  network.base_filters = 32;
  const FlexUNet model(network, 3);
  const auto parameters = model->named_parameters();
  const torch::Tensor he = parameters["decoder.0.conv1.weight"];
  const double sigma = std::sqrt(2.0 / (64 * 7 * 7));
  EXPECT_NEAR(he.std().item<double>(), sigma, 0.01 * sigma);
  EXPECT_NEAR(he.mean().item<double>(), 0.0, 0.02 * sigma);
  const double cut = 2 * sigma / 0.87962566103423978;
  EXPECT_LE(he.abs().max().item<double>(), cut * 1.0001);
  EXPECT_GT(he.abs().max().item<double>(), cut * 0.98);

  const torch::Tensor glorot = parameters["decoder.1.up.weight"];
  const double limit = std::sqrt(6.0 / ((128 + 64) * 4));
  EXPECT_LE(glorot.abs().max().item<double>(), limit);
  EXPECT_NEAR(glorot.std().item<double>(), limit / std::sqrt(3.0), 0.01 * limit);
  EXPECT_EQ(parameters["encoder.0.conv1.bias"].abs().max().item<double>(), 0.0);
}

struct ActivationCase {
  Activation activation;
  double at_minus_one;
  double at_two;
};

class ActivationValues : public testing::TestWithParam<ActivationCase> {};

TEST_P(ActivationValues, MatchKerasFormulas) {
  const ActivationCase& expected = GetParam();
  const torch::Tensor y =
      activate(expected.activation, torch::tensor({-1.0, 2.0}, torch::kFloat64));
  EXPECT_NEAR(y[0].item<double>(), expected.at_minus_one, 1e-6);
  EXPECT_NEAR(y[1].item<double>(), expected.at_two, 1e-6);
}

// Values computed by hand from the definitions in Keras's documentation.
INSTANTIATE_TEST_SUITE_P(
    All, ActivationValues,
    testing::Values(ActivationCase{Activation::kRelu, 0, 2},
                    ActivationCase{Activation::kElu, -0.6321205588, 2},
                    ActivationCase{Activation::kSelu, -1.1113307378, 2.1014019740},
                    ActivationCase{Activation::kGelu, -0.1586552539, 1.9544997361},
                    ActivationCase{Activation::kTanh, -0.7615941560, 0.9640275801},
                    ActivationCase{Activation::kSigmoid, 0.2689414214, 0.8807970780},
                    ActivationCase{Activation::kSoftplus, 0.3132616875, 2.1269280110},
                    ActivationCase{Activation::kLeakyRelu, -0.2, 2},
                    ActivationCase{Activation::kSwish, -0.2689414214, 1.7615941560},
                    ActivationCase{Activation::kMish, -0.3034014613, 1.9439589595}));

}  // namespace
}  // namespace flexunet
