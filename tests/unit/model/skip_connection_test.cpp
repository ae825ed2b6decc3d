#include "model/skip_connection.h"

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

// `function` is to be equal to `reference`, which computes in float64 by LibTorch's own operations.
void expect_like_float64(const std::function<Tensors(const Tensors&)>& function,
                         const std::function<Tensors(const Tensors&)>& reference,
                         const Tensors& inputs) {
  const Ways expected = both_ways(reference, inputs, torch::kFloat64);
  for (const auto type : {torch::kFloat32, torch::kBFloat16, torch::kFloat64}) {
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

Tensors pool(const Tensors& inputs) {
  const PooledFeatures features = pool_with_skip(inputs[0]);
  return {features.pooled, features.skip};
}

Tensors pool_by_libtorch(const Tensors& inputs) {
  return {torch::max_pool2d(inputs[0], 2), inputs[0]};
}

torch::Tensor unfold_by_libtorch(const torch::Tensor& features, const torch::Tensor& skip) {
  // pixel_shuffle wants (channel, row, column).
  const std::int64_t n = features.size(0), height = features.size(2), width = features.size(3);
  const torch::Tensor ordered =
      features.reshape({n, 4, -1, height, width}).transpose(1, 2).flatten(1, 2);
  return torch::cat({torch::pixel_shuffle(ordered, 2), skip}, 1);
}

TEST(PoolWithSkip, PoolsAndAddsGradientsAsLibTorchDoes) {
  for (const std::int64_t channels : {1, 3, 16, 40}) {
    expect_like_float64(pool, pool_by_libtorch, {drawn({2, channels, 6, 10})});
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
        [](const Tensors& inputs) -> Tensors { return {unfold_by_libtorch(inputs[0], inputs[1])}; },
        {drawn({2, 4 * channels, 3, 5}), drawn({2, channels + 1, 6, 10})});
  }
}

// The way of a whole level: what goes down comes back up beside the skip connection.
TEST(UnfoldBesideSkip, HandsItsGradientToPoolWithSkip) {
  expect_like_float64(
      [](const Tensors& inputs) -> Tensors {
        const Tensors ways = pool(inputs);
        return {unfold_beside_skip(ways[0], ways[1])};
      },
      [](const Tensors& inputs) -> Tensors {
        const Tensors ways = pool_by_libtorch(inputs);
        return {unfold_by_libtorch(ways[0], ways[1])};
      },
      {drawn({2, 8, 4, 6})});
}

// On any device, or the convolution that follows copies it.
TEST(UnfoldBesideSkip, IsChannelsLast) {
  const auto format = torch::MemoryFormat::ChannelsLast;
  for (const auto type : {torch::kFloat32, torch::kFloat64}) {
    const torch::Tensor features = drawn({2, 8, 4, 6}).to(type).contiguous(format);
    const torch::Tensor skip = drawn({2, 3, 8, 12}).to(type).contiguous(format);
    EXPECT_TRUE(unfold_beside_skip(features, skip).is_contiguous(format)) << type;
  }
}

}  // namespace
}  // namespace flexunet
