#include "flexunet/options/network_layers.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/networks.h"

namespace flexunet {
namespace {

std::vector<std::string> names(const NetworkOptions& network) {
  std::vector<std::string> result;
  for (const NetworkLayer& layer : network_layers(network)) result.push_back(layer.name);
  return result;
}

TEST(ParameterCount, IsThatOfThePublishedNetworks) {
  EXPECT_EQ(parameter_count(knee_bones_network()), 126809218);
  EXPECT_EQ(parameter_count(pan_nuke_network()), 124996934);
}

TEST(ParameterCount, BatchNormAddsFourPerChannelOthersTwo) {
  NetworkOptions network = tiny_network();
  const std::int64_t without = parameter_count(network);
  // Two of 8 and two of 16 channels on the way down, two of 8 on the way up.
  constexpr std::int64_t kChannels = 4 * 8 + 2 * 16;
  network.normalization = NormalizationKind::kBatch;
  EXPECT_EQ(parameter_count(network) - without, 4 * kChannels);
  network.normalization = NormalizationKind::kInstance;
  EXPECT_EQ(parameter_count(network) - without, 2 * kChannels);
}

TEST(NetworkLayers, AreInTheOrderOfTheForwardPass) {
  EXPECT_EQ(
      names(tiny_network()),
      (std::vector<std::string>{
          "encoder.0.conv1", "encoder.0.dropout", "encoder.0.conv2", "encoder.0.pool",
          "encoder.1.conv1", "encoder.1.dropout", "encoder.1.conv2", "decoder.0.up",
          "decoder.0.concat", "decoder.0.conv1", "decoder.0.dropout", "decoder.0.conv2", "head"}));
}

TEST(NetworkLayers, HoldNormalizationWhereItActs) {
  NetworkOptions network = tiny_network();
  network.num_layers = 1;
  network.normalization = NormalizationKind::kBatch;
  EXPECT_EQ(names(network),
            (std::vector<std::string>{"encoder.0.conv1", "encoder.0.norm1", "encoder.0.dropout",
                                      "encoder.0.conv2", "encoder.0.norm2", "head"}));
}

TEST(NetworkLayers, HaveKindsShapesAndParameters) {
  struct Expected {
    LayerKind kind;
    int in_channels, channels, height, width, kernel, dilation;
    double dropout;
    std::int64_t parameters;
  };
  using K = LayerKind;
  const std::vector<Expected> expected = {
      {K::kConvolution, 3, 8, 16, 32, 5, 2, 0, 8 * (3 * 25 + 1)},
      {K::kDropout, 8, 8, 16, 32, 0, 1, 0, 0},
      {K::kConvolution, 8, 8, 16, 32, 5, 2, 0, 8 * (8 * 25 + 1)},
      {K::kMaxPooling, 8, 8, 8, 16, 0, 1, 0, 0},
      {K::kConvolution, 8, 16, 8, 16, 3, 1, 0, 16 * (8 * 9 + 1)},
      {K::kDropout, 16, 16, 8, 16, 0, 1, 0.25, 0},
      {K::kConvolution, 16, 16, 8, 16, 3, 1, 0, 16 * (16 * 9 + 1)},
      {K::kUpConvolution, 16, 8, 16, 32, 2, 1, 0, 8 * (16 * 4 + 1)},
      {K::kConcatenation, 8, 16, 16, 32, 0, 1, 0, 0},
      {K::kConvolution, 16, 8, 16, 32, 5, 2, 0, 8 * (16 * 25 + 1)},
      {K::kDropout, 8, 8, 16, 32, 0, 1, 0, 0},
      {K::kConvolution, 8, 8, 16, 32, 5, 2, 0, 8 * (8 * 25 + 1)},
      {K::kHead, 8, 4, 16, 32, 1, 1, 0, 4 * (8 + 1)}};
  NetworkOptions network = tiny_network();
  network.dropout_rate = 0.25;
  const std::vector<NetworkLayer> layers = network_layers(network);
  ASSERT_EQ(layers.size(), expected.size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    SCOPED_TRACE(layers[i].name);
    EXPECT_EQ(layers[i].kind, expected[i].kind);
    EXPECT_EQ(layers[i].in_channels, expected[i].in_channels);
    EXPECT_EQ(layers[i].channels, expected[i].channels);
    EXPECT_EQ(layers[i].height, expected[i].height);
    EXPECT_EQ(layers[i].width, expected[i].width);
    EXPECT_EQ(layers[i].kernel, expected[i].kernel);
    EXPECT_EQ(layers[i].dilation, expected[i].dilation);
    EXPECT_EQ(layers[i].dropout, expected[i].dropout);
    EXPECT_EQ(layers[i].parameters, expected[i].parameters);
  }
}

}  // namespace
}  // namespace flexunet
