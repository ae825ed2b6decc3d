#include "flexunet/fft/fft_convolution.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <ostream>
#include <stdexcept>
#include <vector>

namespace flexunet {
namespace {

struct Case {
  std::int64_t batch, in, out, height, width, kernel, tile;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.batch << "x" << c.in << "x" << c.height << "x" << c.width << " to " << c.out
       << ", kernel " << c.kernel << ", tile " << c.tile;
}

struct Convolution {
  torch::Tensor x, weight, bias, y;
};

torch::Tensor channels_last(const torch::Tensor& x) {
  return x.contiguous(torch::MemoryFormat::ChannelsLast);
}

Convolution random_convolution(const Case& c, torch::ScalarType type) {
  torch::manual_seed(3);
  const auto leaf = [](const torch::Tensor& tensor) {
    return tensor.detach().set_requires_grad(true);
  };
  const torch::Tensor x = channels_last(torch::randn({c.batch, c.in, c.height, c.width}));
  return {leaf(x.to(type)), leaf(torch::randn({c.out, c.in, c.kernel, c.kernel})),
          leaf(torch::randn({c.out})), torch::Tensor()};
}

Convolution in_float64(const Convolution& from) {
  const auto leaf = [](const torch::Tensor& tensor) {
    return tensor.detach().to(torch::kFloat64).set_requires_grad(true);
  };
  Convolution to{leaf(from.x), leaf(from.weight), leaf(from.bias), torch::Tensor()};
  to.y = torch::conv2d(to.x, to.weight, to.bias, 1, to.weight.size(2) / 2);
  return to;
}

// The largest difference, as a share of the largest value.
double error(const torch::Tensor& found, const torch::Tensor& right) {
  EXPECT_EQ(found.sizes(), right.sizes());
  return ((found.to(torch::kFloat64) - right).abs().max() / right.abs().max()).item<double>();
}

// Output and gradients against a convolution in float64. `tolerance` is that of numbers in x's
// format.
void expect_equal_to_direct(const Case& c, torch::ScalarType type, InstructionSet instructions,
                            double tolerance) {
  constexpr double kFloat32Tolerance = 2e-6;
  Convolution fft = random_convolution(c, type);
  const Convolution right = in_float64(fft);
  fft.y = fft_convolution(fft.x, fft.weight, fft.bias, {c.tile, instructions});
  ASSERT_EQ(fft.y.scalar_type(), type);
  const torch::Tensor gradient = channels_last(torch::randn_like(right.y)).to(type);
  fft.y.backward(gradient);
  right.y.backward(gradient.to(torch::kFloat64));
  EXPECT_LT(error(fft.y.detach(), right.y.detach()), tolerance);
  EXPECT_LT(error(fft.x.grad(), right.x.grad()), tolerance);
  EXPECT_LT(error(fft.weight.grad(), right.weight.grad()), kFloat32Tolerance);
  EXPECT_LT(error(fft.bias.grad(), right.bias.grad()), kFloat32Tolerance);
  EXPECT_EQ(fft.weight.grad().scalar_type(), torch::kFloat32);
}

std::vector<InstructionSet> instruction_sets() {
  std::vector<InstructionSet> sets;
  for (const InstructionSet set :
       {InstructionSet::kBaseline, InstructionSet::kAvx2, InstructionSet::kAvx512}) {
    if (set <= best_instruction_set()) sets.push_back(set);
  }
  return sets;
}

class FftConvolution : public testing::TestWithParam<Case> {};

TEST_P(FftConvolution, EqualsTheDirectOneInFloat32) {
  for (const InstructionSet set : instruction_sets()) {
    SCOPED_TRACE(static_cast<int>(set));
    expect_equal_to_direct(GetParam(), torch::kFloat32, set, 2e-6);
  }
}

TEST_P(FftConvolution, EqualsTheDirectOneInBfloat16) {
  for (const InstructionSet set : instruction_sets()) {
    SCOPED_TRACE(static_cast<int>(set));
    // Half a unit in the last of 8 bits.
    expect_equal_to_direct(GetParam(), torch::kBFloat16, set, 1.0 / 256);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, FftConvolution,
    testing::Values(Case{2, 16, 16, 45, 51, 11, 32},  // several tiles, the last ones not full
                    Case{1, 32, 48, 23, 17, 9, 20},   // an odd number of groups
                    Case{3, 48, 16, 14, 14, 7, 20},  // one tile an image, the last without a second
                    Case{2, 16, 32, 5, 3, 5, 20},    // an image smaller than its tile
                    Case{1, 16, 16, 1, 1, 11, 32},   // and than the filter
                    Case{1, 16, 32, 100, 9, 21, 64},   //
                    Case{2, 16, 16, 7, 70, 1, 64},     //
                    Case{1, 48, 64, 9, 11, 5, 64},     // gradients for some channels at a time
                    Case{1, 16, 16, 3, 4, 31, 32},     // two results a tile
                    Case{9, 16, 16, 40, 40, 5, 20}));  // more tiles than are multiplied together

TEST(FftConvolution, BytesDoNotDependOnTheNumberOfThreads) {
  const int before = torch::get_num_threads();
  // More pairs of tiles than one block holds.
  const Case c{3, 32, 32, 200, 200, 9, 32};
  std::vector<Convolution> results;
  for (const int threads : {1, 3}) {
    torch::set_num_threads(threads);
    Convolution one = random_convolution(c, torch::kFloat32);
    one.y = fft_convolution(one.x, one.weight, one.bias, {c.tile});
    one.y.backward(channels_last(torch::sin(one.y.detach())));
    results.push_back(one);
  }
  torch::set_num_threads(before);
  EXPECT_TRUE(torch::equal(results[0].y, results[1].y));
  EXPECT_TRUE(torch::equal(results[0].x.grad(), results[1].x.grad()));
  EXPECT_TRUE(torch::equal(results[0].weight.grad(), results[1].weight.grad()));
}

TEST(FftConvolution, ManyBlocksEqualTheDirectOne) {
  expect_equal_to_direct({3, 32, 32, 200, 200, 9, 32}, torch::kFloat32, best_instruction_set(),
                         2e-6);
}

// Central differences of a random projection of the output along random directions.
TEST(FftConvolution, GradientsAgreeWithDifferences) {
  Convolution fft = random_convolution({1, 16, 16, 12, 15, 7, 20}, torch::kFloat32);
  const torch::Tensor projection = torch::randn({1, 16, 12, 15});
  const auto value = [&](const torch::Tensor& x, const torch::Tensor& weight,
                         const torch::Tensor& bias) {
    return (fft_convolution(x, weight, bias, {20}).to(torch::kFloat64) * projection).sum();
  };
  value(fft.x, fft.weight, fft.bias).backward();
  const torch::NoGradGuard no_grad;
  // The output is linear in each of the three, so that a large step costs no accuracy.
  using Value = std::function<torch::Tensor(const torch::Tensor&)>;
  const auto check = [&](const torch::Tensor& input, const Value& at) {
    const torch::Tensor direction = torch::randn_like(input);
    const double slope = ((at(input + direction) - at(input - direction)) / 2).item<double>();
    const double gradient = (input.grad().to(torch::kFloat64) * direction).sum().item<double>();
    EXPECT_NEAR(gradient, slope, 1e-4 * std::abs(slope) + 1e-2);
  };
  check(fft.x, [&](const torch::Tensor& x) { return value(x, fft.weight, fft.bias); });
  check(fft.weight, [&](const torch::Tensor& w) { return value(fft.x, w, fft.bias); });
  check(fft.bias, [&](const torch::Tensor& b) { return value(fft.x, fft.weight, b); });
}

TEST(FftConvolution, TakesImagesAndGradientsThatAreNotChannelsLast) {
  Convolution fft = random_convolution({2, 16, 16, 9, 8, 5, 20}, torch::kFloat32);
  fft.x = fft.x.detach().contiguous().set_requires_grad(true);
  const Convolution right = in_float64(fft);
  fft.y = fft_convolution(fft.x, fft.weight, fft.bias, {20});
  const torch::Tensor gradient = torch::randn({2, 32, 9, 8}).narrow(1, 16, 16);
  fft.y.backward(gradient);
  right.y.backward(gradient.to(torch::kFloat64));
  EXPECT_LT(error(fft.y.detach(), right.y.detach()), 2e-6);
  EXPECT_LT(error(fft.x.grad(), right.x.grad()), 2e-6);
  EXPECT_LT(error(fft.weight.grad(), right.weight.grad()), 2e-6);
}

// A NaN spreads over its own tiles, and is not rounded to infinity or a number.
TEST(FftConvolution, KeepsWhatIsNotFinite) {
  Convolution fft = random_convolution({1, 16, 16, 40, 40, 5, 20}, torch::kBFloat16);
  torch::NoGradGuard no_grad;
  fft.x.index_put_({0, 3, 2, 2}, std::numeric_limits<float>::quiet_NaN());
  const torch::Tensor y = fft_convolution(fft.x, fft.weight, fft.bias, {20});
  EXPECT_TRUE(y.index({0, 0, 2, 2}).isnan().item<bool>());
  EXPECT_TRUE(y.index({0, 0, 39, 39}).isfinite().item<bool>());
}

TEST(FftConvolution, RefusesWhatItCannotCompute) {
  const torch::Tensor x = torch::zeros({1, 16, 8, 8}), bias = torch::zeros({16});
  const torch::Tensor weight = torch::zeros({16, 16, 5, 5});
  const auto refused = [&bias](const torch::Tensor& images, const torch::Tensor& filters,
                               std::int64_t tile) {
    EXPECT_THROW(fft_convolution(images, filters, bias, {tile}), std::invalid_argument);
  };
  EXPECT_NO_THROW(fft_convolution(x, weight, bias, {20}));
  refused(torch::zeros({1, 24, 8, 8}), torch::zeros({16, 24, 5, 5}), 20);
  refused(x, torch::zeros({24, 16, 5, 5}), 20);
  refused(x, torch::zeros({16, 16, 4, 4}), 20);
  refused(x, torch::zeros({16, 16, 5, 3}), 20);
  refused(x, torch::zeros({16, 16, 21, 21}), 20);
  refused(x.to(torch::kFloat64), weight, 20);
  refused(x, weight.to(torch::kBFloat16), 20);
  refused(x, weight, 24);
}

TEST(ChooseFftTiles, LargeFiltersOfManyPixelsOnly) {
  const auto size = [](torch::IntArrayRef image, std::int64_t out, std::int64_t kernel,
                       torch::ScalarType type) {
    const torch::Tensor x = torch::empty(image, type);
    const auto tiles = choose_fft_tiles(x, torch::empty({out, image[1], kernel, kernel}), 1);
    return tiles ? tiles->size : 0;
  };
  for (const torch::ScalarType type : {torch::kFloat32, torch::kBFloat16}) {
    EXPECT_EQ(size({1, 16, 512, 512}, 16, 11, type), 32);
    EXPECT_EQ(size({2, 64, 128, 128}, 64, 7, type), 32);
    EXPECT_EQ(size({1, 32, 256, 256}, 32, 9, type), 32);
    EXPECT_EQ(size({2, 128, 64, 64}, 128, 5, type), 20);
    EXPECT_EQ(size({1, 16, 256, 256}, 16, 25, type), 64);
    EXPECT_EQ(size({1, 16, 512, 512}, 16, 3, type), 0);
    EXPECT_EQ(size({1, 3, 512, 512}, 16, 11, type), 0);
    EXPECT_EQ(size({1, 1024, 8, 8}, 1024, 5, type), 0);
  }
}

TEST(ChooseFftTiles, NothingForOtherConvolutions) {
  const torch::Tensor x = torch::empty({1, 16, 512, 512}), w = torch::empty({16, 16, 11, 11});
  EXPECT_TRUE(choose_fft_tiles(x, w, 1).has_value());
  EXPECT_FALSE(choose_fft_tiles(x, w, 2).has_value());
  EXPECT_FALSE(choose_fft_tiles(x.to(torch::kFloat64), w, 1).has_value());
  EXPECT_FALSE(choose_fft_tiles(x, w.to(torch::kBFloat16), 1).has_value());
}

}  // namespace
}  // namespace flexunet
