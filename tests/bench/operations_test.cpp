#include "bench/operations.h"

#include <gtest/gtest.h>

#include "bench/bench_data.h"

namespace flexunet {
namespace {

TEST(Operations, CountEveryConvolutionOfATinyNetwork) {
  NetworkOptions network;
  network.image_width = 4;
  network.image_height = 2;
  network.num_classes = 2;
  network.base_filters = 1;
  network.base_kernel = 3;
  network.num_layers = 2;
  // Pixels * weights: 8 pixels above, 2 below. Encoder, bridge, transposed, decoder, head.
  const std::int64_t products =
      8 * (9 * 3 + 9) + 2 * (9 * 2 + 9 * 4) + 8 * 2 + 8 * (9 * 2 + 9) + 8 * 2;
  EXPECT_EQ(forward_operations(network, 1), 2 * products);
  EXPECT_EQ(forward_operations(network, 3), 6 * products);
  EXPECT_EQ(training_operations(network, 1), 6 * products - 2 * 8 * 9 * 3);
}

TEST(Operations, OfTheLargeNetworkAreThoseKnown) {
  const NetworkOptions network = bench_options(bench_config("knee")).network;
  EXPECT_NEAR(static_cast<double>(forward_operations(network, 2)), 363e9, 1e9);
  EXPECT_NEAR(static_cast<double>(training_operations(network, 2)), 1085e9, 5e9);
}

TEST(Operations, KnowBothNetworks) {
  const NetworkOptions small = bench_options(bench_config("256")).network;
  const NetworkOptions large = bench_options(bench_config("knee")).network;
  EXPECT_EQ(small.image_width, 256);
  EXPECT_EQ(small.num_layers, 6);
  EXPECT_EQ(large.base_kernel, 11);
  EXPECT_EQ(large.num_layers, 8);
}

}  // namespace
}  // namespace flexunet
