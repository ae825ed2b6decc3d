#include "model/convolution.h"

#include <gtest/gtest.h>

#include <functional>

namespace flexunet {
namespace {

struct Convolution {
  torch::Tensor x;
  torch::Tensor weight;
  torch::Tensor bias;
  std::int64_t dilation = 1;
};

Convolution drawn_convolution(torch::IntArrayRef image, std::int64_t filters, int kernel,
                              int dilation = 1) {
  torch::manual_seed(3);
  Convolution convolution;
  const auto prepared = [](const torch::Tensor& tensor) {
    return tensor.contiguous(torch::MemoryFormat::ChannelsLast).requires_grad_();
  };
  convolution.x = prepared(torch::randn(image));
  convolution.weight = prepared(torch::randn({filters, image[1], kernel, kernel}));
  convolution.bias = torch::randn({filters}).requires_grad_();
  convolution.dilation = dilation;
  return convolution;
}

// Result and gradients of x, weight and bias.
std::vector<torch::Tensor> both_ways(const torch::Tensor& result, const Convolution& convolution) {
  torch::manual_seed(4);
  std::vector<torch::Tensor> tensors =
      torch::autograd::grad({result}, {convolution.x, convolution.weight, convolution.bias},
                            {torch::randn(result.sizes()).to(result.scalar_type())});
  tensors.insert(tensors.begin(), result);
  return tensors;
}

std::vector<torch::Tensor> expected_ways(const Convolution& convolution) {
  const std::int64_t padding = convolution.weight.size(2) / 2 * convolution.dilation;
  return both_ways(
      torch::conv2d(convolution.x.to(torch::kFloat64), convolution.weight.to(torch::kFloat64),
                    convolution.bias.to(torch::kFloat64), 1, padding, convolution.dilation)
          .to(torch::kFloat32),
      convolution);
}

void expect_close(const std::vector<torch::Tensor>& found,
                  const std::vector<torch::Tensor>& expected, double tolerance) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double largest = expected[i].abs().max().item<double>();
    const double error = (found[i].to(torch::kFloat32) - expected[i]).abs().max().item<double>();
    EXPECT_LE(error, tolerance * largest) << "tensor " << i;
  }
}

TEST(ConvolveAsProduct, EqualsAConvolution) {
  for (const int kernel : {1, 3, 5}) {
    for (const int dilation : {1, 2}) {
      const Convolution convolution = drawn_convolution({2, 6, 4, 5}, 7, kernel, dilation);
      expect_close(both_ways(convolve_as_product(convolution.x, convolution.weight,
                                                 convolution.bias, convolution.dilation),
                             convolution),
                   expected_ways(convolution), 1e-5);
    }
  }
}

// A gradient in another memory order than its weight would be copied in every step.
TEST(ConvolveAsProduct, GivesWeightsAGradientInTheirMemoryOrder) {
  const Convolution convolution = drawn_convolution({2, 6, 4, 5}, 7, 3);
  convolve_as_product(convolution.x, convolution.weight, convolution.bias, convolution.dilation)
      .sum()
      .backward();
  EXPECT_EQ(convolution.weight.grad().strides(), convolution.weight.strides());
}

// Few pixels and many weights, many pixels, and bfloat16: whichever way is taken.
TEST(Convolve, EqualsAConvolutionInAnyWay) {
  for (const Convolution& convolution :
       {drawn_convolution({2, 256, 4, 4}, 512, 3), drawn_convolution({1, 3, 64, 64}, 8, 3),
        drawn_convolution({1, 16, 40, 24}, 16, 5), drawn_convolution({1, 4, 20, 20}, 4, 3, 2)}) {
    const auto found = [&](const torch::Tensor& x) {
      PreparedWeight prepared;
      return both_ways(
          convolve(x, convolution.weight, convolution.bias, convolution.dilation, prepared),
          convolution);
    };
    expect_close(found(convolution.x), expected_ways(convolution), 1e-5);
    expect_close(found(convolution.x.to(torch::kBFloat16)), expected_ways(convolution), 0.02);
  }
}

// How often a weight is prepared, and from which numbers.
class Preparation {
 public:
  torch::Tensor get(torch::ScalarType type = torch::kBFloat16) {
    return prepared_.get(weight, type, [&](const torch::Tensor& w) {
      ++times;
      return w.to(type);
    });
  }
  torch::Tensor weight = torch::ones({3}, torch::requires_grad());
  int times = 0;

 private:
  PreparedWeight prepared_;
};

TEST(PreparedWeight, IsMadeOnceForPredictions) {
  Preparation preparation;
  const c10::InferenceMode inference;
  for (int prediction = 0; prediction < 3; ++prediction) {
    EXPECT_EQ(preparation.get().sum().item<float>(), 3);
  }
  EXPECT_EQ(preparation.times, 1);
}

TEST(PreparedWeight, IsMadeAnewWhenTheWeightHasChanged) {
  Preparation preparation;
  const torch::NoGradGuard no_grad;
  preparation.get();
  preparation.weight.mul_(2);
  EXPECT_EQ(preparation.get().sum().item<float>(), 6);
  EXPECT_EQ(preparation.get(torch::kFloat32).scalar_type(), torch::kFloat32);
  EXPECT_EQ(preparation.times, 3);
}

TEST(PreparedWeight, CarriesGradientsAndIsNotKeptWhereTheyAreWanted) {
  Preparation preparation;
  preparation.get(torch::kFloat64).sum().backward();
  EXPECT_EQ(preparation.weight.grad().sum().item<float>(), 3);
  preparation.get();
  EXPECT_EQ(preparation.times, 2);
}

}  // namespace
}  // namespace flexunet
