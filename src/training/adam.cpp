#include "flexunet/training/adam.h"

#include <cmath>
#include <utility>

namespace flexunet {

Adam::Adam(std::vector<torch::Tensor> parameters, const OptimizerOptions& options)
    : parameters_(std::move(parameters)), options_(options) {
  for (const torch::Tensor& parameter : parameters_) {
    first_moments_.push_back(torch::zeros_like(parameter));
    second_moments_.push_back(torch::zeros_like(parameter));
  }
}

void Adam::step() {
  constexpr double kBeta1 = 0.9;
  constexpr double kBeta2 = 0.999;
  constexpr double kEpsilon = 1e-7;
  const torch::NoGradGuard no_grad;
  ++steps_;
  const auto t = static_cast<double>(steps_);
  const double step_size =
      options_.learning_rate * std::sqrt(1.0 - std::pow(kBeta2, t)) / (1.0 - std::pow(kBeta1, t));
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    torch::Tensor& parameter = parameters_[i];
    if (!parameter.grad().defined()) continue;
    const torch::Tensor gradient =
        parameter.mutable_grad().clamp_(-options_.clipvalue, options_.clipvalue);
    torch::Tensor& first = first_moments_[i];
    torch::Tensor& second = second_moments_[i];
    first.mul_(kBeta1).add_(gradient, 1.0 - kBeta1);
    second.mul_(kBeta2).addcmul_(gradient, gradient, 1.0 - kBeta2);
    if (options_.optimizer == OptimizerKind::kAdamW) {
      parameter.mul_(1.0 - options_.learning_rate * options_.weight_decay);
    }
    parameter.addcdiv_(first, second.sqrt().add_(kEpsilon), -step_size);
  }
}

void Adam::zero_grad() {
  for (torch::Tensor& parameter : parameters_) parameter.mutable_grad().reset();
}

}  // namespace flexunet
