#include "flexunet/training/adam.h"
#include "support/optimizer_step.h"

#include <gtest/gtest.h>

#include <cmath>

namespace flexunet {
namespace {

torch::Tensor parameter_with_gradient(double value, double gradient) {
  torch::Tensor parameter = torch::tensor({value}, torch::kFloat64).requires_grad_();
  parameter.mutable_grad() = torch::tensor({gradient}, torch::kFloat64);
  return parameter;
}

OptimizerOptions options_of(OptimizerKind kind, double clipvalue) {
  OptimizerOptions options;
  options.optimizer = kind;
  options.learning_rate = 0.1;
  options.clipvalue = clipvalue;
  options.weight_decay = 0.5;
  return options;
}

// Keras's form by hand: the first step is lr * sqrt(1-b2)/(1-b1) * m/(sqrt(v)+eps).
double first_step(double gradient) {
  const double m = 0.1 * gradient;
  const double v = 0.001 * gradient * gradient;
  return 0.1 * std::sqrt(0.001) / 0.1 * m / (std::sqrt(v) + 1e-7);
}

TEST(Adam, TakesKerasStep) {
  torch::Tensor parameter = parameter_with_gradient(2.0, 0.25);
  Adam optimizer({parameter}, options_of(OptimizerKind::kAdam, 1.0));
  optimizer.step();
  EXPECT_NEAR(parameter.item<double>(), 2.0 - first_step(0.25), 1e-12);
}

// Where the gradient is small, eps decides: Keras adds it to the uncorrected root.
TEST(Adam, AddsEpsilonWhereKerasDoes) {
  torch::Tensor parameter = parameter_with_gradient(0.0, 1e-6);
  Adam optimizer({parameter}, options_of(OptimizerKind::kAdam, 1.0));
  optimizer.step();
  EXPECT_NEAR(parameter.item<double>() / -first_step(1e-6), 1.0, 1e-9);
  EXPECT_GT(std::abs(parameter.item<double>() / -0.1), 0.1);
  EXPECT_LT(std::abs(parameter.item<double>() / -0.1), 0.5);
}

TEST(Adam, ClipsEachGradientElement) {
  torch::Tensor parameter = torch::zeros({3}, torch::kFloat64).requires_grad_();
  parameter.mutable_grad() = torch::tensor({-9.0, 0.01, 9.0}, torch::kFloat64);
  Adam optimizer({parameter}, options_of(OptimizerKind::kAdam, 0.5));
  optimizer.step();
  EXPECT_NEAR(parameter[0].item<double>(), first_step(0.5), 1e-12);
  EXPECT_NEAR(parameter[1].item<double>(), -first_step(0.01), 1e-12);
  EXPECT_NEAR(parameter[2].item<double>(), -first_step(0.5), 1e-12);
}

TEST(Adam, DecaysWeightsApartFromTheGradientAsAdamW) {
  torch::Tensor parameter = parameter_with_gradient(2.0, 0.25);
  Adam optimizer({parameter}, options_of(OptimizerKind::kAdamW, 1.0));
  optimizer.step();
  EXPECT_NEAR(parameter.item<double>(), 2.0 * (1 - 0.1 * 0.5) - first_step(0.25), 1e-12);
}

TEST(Adam, LeavesParametersWithoutGradientAlone) {
  torch::Tensor parameter = torch::ones({1}, torch::kFloat64).requires_grad_();
  Adam optimizer({parameter}, options_of(OptimizerKind::kAdamW, 1.0));
  optimizer.step();
  EXPECT_EQ(parameter.item<double>(), 1.0);
}

// In float32 on the CPU one loop computes what in float64 LibTorch's operations do.
TEST(Adam, UpdatesFloat32InOnePassAsStepByStep) {
  for (const OptimizerKind kind : {OptimizerKind::kAdam, OptimizerKind::kAdamW}) {
    torch::manual_seed(1);
    const torch::Tensor start = torch::randn({40, 30, 9, 9});
    torch::Tensor exact = start.to(torch::kFloat64).requires_grad_();
    // Gradient and parameter lie in memory in different orders.
    torch::Tensor single =
        start.clone().contiguous(torch::MemoryFormat::ChannelsLast).requires_grad_();
    Adam exact_adam({exact}, options_of(kind, 0.5));
    Adam single_adam({single}, options_of(kind, 0.5));
    for (int step = 0; step < 5; ++step) {
      const torch::Tensor gradient = torch::randn_like(start);
      exact.mutable_grad() = gradient.to(torch::kFloat64);
      single.mutable_grad() = gradient.clone();
      exact_adam.step();
      single_adam.step();
    }
    EXPECT_TRUE(torch::allclose(single.to(torch::kFloat64), exact, 1e-5, 1e-6));
    EXPECT_FALSE(torch::allclose(single, start, 1e-2, 1e-2));
  }
}

// Or what was prepared from a weight for predictions would outlive it.
TEST(Adam, TellsThatTheWeightsHaveChanged) {
  for (const auto type : {torch::kFloat32, torch::kFloat64}) {
    torch::Tensor parameter = torch::ones({3}, torch::dtype(type).requires_grad(true));
    Adam optimizer({parameter}, {});
    const auto before = parameter._version();
    step_backward(optimizer, (parameter * 2).sum());
    EXPECT_GT(parameter._version(), before) << type;
  }
}

TEST(Adam, LetsWhatIsNoNumberReachTheWeights) {
  torch::Tensor parameter = torch::zeros({1}).requires_grad_();
  parameter.mutable_grad() = torch::full({1}, std::nan(""));
  Adam optimizer({parameter}, options_of(OptimizerKind::kAdam, 0.5));
  optimizer.step();
  EXPECT_TRUE(std::isnan(parameter.item<double>()));
}

TEST(Adam, UpdatesOnTheWayBackAsAfterIt) {
  torch::Tensor after = torch::full({3}, 2.0).requires_grad_();
  torch::Tensor on_the_way = after.detach().clone().requires_grad_();
  Adam first({after}, options_of(OptimizerKind::kAdam, 1.0));
  Adam second({on_the_way}, options_of(OptimizerKind::kAdam, 1.0));
  for (int step = 0; step < 3; ++step) {
    (after * after).sum().backward();
    first.step();
    step_backward(second, (on_the_way * on_the_way).sum());
    EXPECT_FALSE(on_the_way.grad().defined());
    EXPECT_TRUE(torch::equal(after, on_the_way)) << step;
  }
  EXPECT_EQ(second.steps(), 3);
}

}  // namespace
}  // namespace flexunet
