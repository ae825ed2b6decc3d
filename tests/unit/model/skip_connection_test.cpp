#include "flexunet/model/skip_connection.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <vector>

namespace flexunet {
namespace {

using Tensors = std::vector<torch::Tensor>;

// What a function gives for inputs and the gradients that random ones of its results become;
// numbers that bfloat16 holds exactly, small enough that sums of two are exact as well.
struct Ways {
  Tensors results;
  Tensors gradients;
};
Ways both_ways(const std::function<Tensors(const Tensors&)>& function, const Tensors& inputs,
               torch::ScalarType type) {
  Tensors leaves;
  for (const torch::Tensor& input : inputs) {
    leaves.push_back(input.to(type).contiguous(torch::MemoryFormat::ChannelsLast).requires_grad_());
  }
  Ways ways{function(leaves), {}};
  torch::manual_seed(9);
  Tensors incoming;
  for (const torch::Tensor& result : ways.results) {
    incoming.push_back(torch::randint(-8, 8, result.sizes()).to(type));
  }
  ways.gradients = torch::autograd::grad(ways.results, leaves, incoming);
  return ways;
}

// In float64 LibTorch's own operations compute.
void expect_like_float64(const std::function<Tensors(const Tensors&)>& function,
                         const Tensors& inputs) {
  const Ways expected = both_ways(function, inputs, torch::kFloat64);
  for (const auto type : {torch::kFloat32, torch::kBFloat16}) {
    const Ways found = both_ways(function, inputs, type);
    for (std::size_t i = 0; i < expected.results.size(); ++i) {
      EXPECT_TRUE(torch::equal(found.results[i].to(torch::kFloat64), expected.results[i])) << type;
    }
    for (std::size_t i = 0; i < expected.gradients.size(); ++i) {
      EXPECT_TRUE(torch::equal(found.gradients[i].to(torch::kFloat64), expected.gradients[i]))
          << type;
    }
  }
}

torch::Tensor drawn(torch::IntArrayRef sizes) {
  torch::manual_seed(8);
  return torch::randint(-4, 4, sizes).to(torch::kFloat64);  // few values: many are equal
}

TEST(PoolWithSkip, PoolsAndAddsGradientsAsLibTorchDoes) {
  for (const std::int64_t channels : {1, 3, 16, 40}) {
    expect_like_float64(
        [](const Tensors& inputs) -> Tensors {
          const PooledFeatures features = pool_with_skip(inputs[0]);
          return {features.pooled, features.skip};
        },
        {drawn({2, channels, 6, 10})});
  }
}

TEST(PoolWithSkip, KeepsWhatIsNoNumber) {
  for (const std::int64_t place : {0, 1, 2, 3}) {
    torch::Tensor features = torch::ones({1, 16, 2, 2});
    features.view({16, 4}).select(1, place).fill_(std::numeric_limits<float>::quiet_NaN());
    EXPECT_TRUE(torch::isnan(pool_with_skip(features).pooled).all().item<bool>()) << place;
  }
}

TEST(UnfoldBesideSkip, SpreadsAndGathersAsLibTorchDoes) {
  for (const std::int64_t channels : {1, 5, 16}) {
    expect_like_float64(
        [](const Tensors& inputs) -> Tensors { return {unfold_beside_skip(inputs[0], inputs[1])}; },
        {drawn({2, 4 * channels, 3, 5}), drawn({2, channels + 1, 6, 10})});
  }
}

// The way of a whole level: what goes down comes back up beside the skip connection.
TEST(UnfoldBesideSkip, HandsItsGradientToPoolWithSkip) {
  expect_like_float64(
      [](const Tensors& inputs) -> Tensors {
        const PooledFeatures features = pool_with_skip(inputs[0]);
        return {unfold_beside_skip(features.pooled, features.skip)};
      },
      {drawn({2, 8, 4, 6})});
}

}  // namespace
}  // namespace flexunet
