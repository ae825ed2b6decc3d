#include "flexunet/report/memory_estimate.h"

#include <gtest/gtest.h>

#include "flexunet/options/network_layers.h"
#include "support/networks.h"

namespace flexunet {
namespace {

// Numbers of a tensor of tiny_network: 16x32 pixels with 8 channels at level 0.
constexpr std::int64_t kTop = std::int64_t{16} * 32 * 8;
constexpr std::int64_t kLibraries = 50'000'000;
constexpr std::int64_t kBottom = kTop / 2;  // 8x16 pixels with 16 channels

// What a training step takes for one sample more.
std::int64_t bytes_of_sample(const NetworkOptions& network, int number_bytes = 4) {
  return estimated_training_bytes(network, 2, number_bytes) -
         estimated_training_bytes(network, 1, number_bytes);
}

TEST(EstimatedTrainingBytes, CountWeightsOnceAndWhatLayersKeepForEachSample) {
  const NetworkOptions network = tiny_network();
  const std::int64_t images = 16 * 32 * 3, logits = 16 * 32 * 4;
  // Two convolutions, the pooled, two at the bottom, the concatenation and two again; logits and
  // log-probabilities; input and output of the first convolution after the concatenation.
  const std::int64_t numbers =
      images + 2 * kTop + kTop / 4 + 2 * kBottom + 4 * kTop + 2 * logits + 3 * kTop;
  EXPECT_EQ(bytes_of_sample(network), 4 * numbers);
  const std::int64_t once = estimated_training_bytes(network, 1) - 4 * numbers;
  const std::int64_t largest = 8 * (16 * 25 + 1);  // the weights after the concatenation
  EXPECT_EQ(once - kLibraries, 12 * parameter_count(network) + 12 * largest);
}

TEST(EstimatedTrainingBytes, OfBfloat16AreHalvedButForTheHead) {
  const NetworkOptions network = tiny_network();
  const std::int64_t logits = 16 * 32 * 4;
  EXPECT_EQ(bytes_of_sample(network, 2),
            (bytes_of_sample(network) - 4 * 2 * logits) / 2 + 4 * (2 * logits + kTop));
}

TEST(EstimatedTrainingBytes, GrowWithDropoutNormalizationAndActivationsThatKeepTheirInput) {
  const NetworkOptions plain = tiny_network();
  NetworkOptions dropout = plain;
  dropout.dropout_rate = 0.1;  // acts at the bottom alone
  EXPECT_EQ(bytes_of_sample(dropout) - bytes_of_sample(plain), 4 * kBottom);
  NetworkOptions normalized = plain;
  normalized.normalization = NormalizationKind::kInstance;
  const std::int64_t outputs = 4 * kTop + 2 * kBottom;
  EXPECT_EQ(bytes_of_sample(normalized) - bytes_of_sample(plain), 4 * outputs);
  // Computed in float32.
  EXPECT_EQ(bytes_of_sample(normalized, 2) - bytes_of_sample(plain, 2), (2 + 4) * outputs);
  for (const Activation activation : {Activation::kMish, Activation::kElu}) {
    NetworkOptions keeping = plain;
    keeping.activation = activation;
    EXPECT_EQ(bytes_of_sample(keeping) - bytes_of_sample(plain), 4 * outputs);
  }
}

TEST(EstimatedInferenceBytes, AreWeightsSkipsAndTheLargestLayer) {
  const NetworkOptions network = tiny_network();
  const std::int64_t logits = 16 * 32 * 4;
  const std::int64_t up = 8 * (16 * 4 + 1);  // in two other orders
  EXPECT_EQ(estimated_inference_bytes(network, 3) - kLibraries,
            4 * (parameter_count(network) + 2 * up) + 3 * 4 * (kTop + 3 * kTop + 2 * logits));
  EXPECT_EQ(
      estimated_inference_bytes(network, 3, 2) - kLibraries,
      (4 + 2) * parameter_count(network) + 2 * up + 3 * (2 * (kTop + 3 * kTop) + 4 * 2 * logits));
}

TEST(RunCopyBytes, AreThoseOfWeightsAndMoments) {
  EXPECT_EQ(run_copy_bytes(tiny_network()), 12 * parameter_count(tiny_network()));
}

}  // namespace
}  // namespace flexunet
