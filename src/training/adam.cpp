#include "flexunet/training/adam.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/function_hook.h>

#include <cmath>
#include <functional>
#include <utility>

#include "flexunet/kernels/adam_update.h"

namespace flexunet {
namespace {

constexpr double kBeta1 = 0.9;
constexpr double kBeta2 = 0.999;
constexpr double kEpsilon = 1e-7;

// Runs when a gradient has arrived at its parameter.
class AfterGradient : public torch::autograd::FunctionPostHook {
 public:
  explicit AfterGradient(std::function<void()> run) : run_(std::move(run)) {}
  torch::autograd::variable_list operator()(const torch::autograd::variable_list& outputs,
                                            const torch::autograd::variable_list&) override {
    run_();
    return outputs;
  }

 private:
  std::function<void()> run_;
};

}  // namespace

Adam::Adam(std::vector<torch::Tensor> parameters, const OptimizerOptions& options)
    : parameters_(std::move(parameters)), options_(options) {
  for (const torch::Tensor& parameter : parameters_) {
    first_moments_.push_back(torch::zeros_like(parameter));
    second_moments_.push_back(torch::zeros_like(parameter));
  }
}

void Adam::step() {
  ++steps_;
  for (std::size_t i = 0; i < parameters_.size(); ++i) update(i);
}

void Adam::step_backward(const torch::Tensor& loss) {
  ++steps_;
  if (gradient_ends_.empty()) update_when_gradient_is_known();
  loss.backward();
}

void Adam::update_when_gradient_is_known() {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    auto end = torch::autograd::impl::grad_accumulator(parameters_[i]);
    end->add_post_hook(std::make_unique<AfterGradient>([this, i] { update(i); }));
    gradient_ends_.push_back(std::move(end));
  }
}

void Adam::update(std::size_t i) {
  const torch::NoGradGuard no_grad;
  if (!parameters_[i].grad().defined()) return;
  const bool in_one_pass =
      parameters_[i].device().is_cpu() && parameters_[i].scalar_type() == torch::kFloat32;
  in_one_pass ? update_in_one_pass(i) : update_step_by_step(i);
  parameters_[i].mutable_grad().reset();
}

double Adam::step_size() const {
  const auto t = static_cast<double>(steps_);
  return options_.learning_rate * std::sqrt(1.0 - std::pow(kBeta2, t)) /
         (1.0 - std::pow(kBeta1, t));
}

double Adam::kept_by_decay() const {
  return options_.optimizer == OptimizerKind::kAdamW
             ? 1.0 - options_.learning_rate * options_.weight_decay
             : 1.0;
}

void Adam::update_step_by_step(std::size_t i) {
  torch::Tensor& parameter = parameters_[i];
  const torch::Tensor gradient =
      parameter.mutable_grad().clamp_(-options_.clipvalue, options_.clipvalue);
  torch::Tensor& first = first_moments_[i];
  torch::Tensor& second = second_moments_[i];
  first.mul_(kBeta1).add_(gradient, 1.0 - kBeta1);
  second.mul_(kBeta2).addcmul_(gradient, gradient, 1.0 - kBeta2);
  if (options_.optimizer == OptimizerKind::kAdamW) parameter.mul_(kept_by_decay());
  parameter.addcdiv_(first, second.sqrt().add_(kEpsilon), -step_size());
}

void Adam::update_in_one_pass(std::size_t i) {
  constexpr std::int64_t kGrain = 1 << 15;
  torch::Tensor& parameter = parameters_[i];
  torch::Tensor gradient = parameter.grad();
  // One index for all arrays: they must lie in memory alike.
  for (torch::Tensor* tensor : {&gradient, &first_moments_[i], &second_moments_[i]}) {
    if (tensor->strides() != parameter.strides()) {
      *tensor = torch::empty_like(parameter).copy_(*tensor);
    }
  }
  AdamCoefficients coefficients{};
  coefficients.clip = static_cast<float>(options_.clipvalue);
  coefficients.beta1 = static_cast<float>(kBeta1);
  coefficients.beta2 = static_cast<float>(kBeta2);
  coefficients.new1 = static_cast<float>(1.0 - kBeta1);
  coefficients.new2 = static_cast<float>(1.0 - kBeta2);
  coefficients.step_size = static_cast<float>(step_size());
  coefficients.epsilon = static_cast<float>(kEpsilon);
  coefficients.keep = static_cast<float>(kept_by_decay());
  const AdamArrays arrays{parameter.data_ptr<float>(), gradient.data_ptr<float>(),
                          first_moments_[i].data_ptr<float>(),
                          second_moments_[i].data_ptr<float>()};
  at::parallel_for(0, parameter.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
    adam_update(coefficients, arrays, static_cast<std::size_t>(begin),
                static_cast<std::size_t>(end));
  });
}

}  // namespace flexunet
