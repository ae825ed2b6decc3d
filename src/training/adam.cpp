#include "flexunet/training/adam.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/function_hook.h>

#include <cmath>
#include <functional>
#include <utility>

#include "flexunet/kernels/adam_update.h"
#include "flexunet/model/libtorch_versions.h"

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

// `tensor` with the strides of `parameter`; itself where those of extents above 1 are the same.
torch::Tensor laid_out_like(const torch::Tensor& parameter, const torch::Tensor& tensor) {
  if (tensor.strides() == parameter.strides()) return tensor;
  for (std::int64_t i = 0; i < parameter.dim(); ++i) {
    if (parameter.size(i) > 1 && parameter.stride(i) != tensor.stride(i)) {
      return torch::empty_like(parameter).copy_(tensor);
    }
  }
  return tensor.as_strided(parameter.sizes(), parameter.strides());
}

}  // namespace

Adam::Adam(std::vector<torch::Tensor> parameters, const OptimizerOptions& options)
    : parameters_(std::move(parameters)), options_(options) {
  for (const torch::Tensor& parameter : parameters_) {
    first_moments_.push_back(torch::zeros_like(parameter));
    second_moments_.push_back(torch::zeros_like(parameter));
  }
}

void Adam::step() {
  begin_step();
  if (updates_all_at_once()) return update_all();
  for (std::size_t i = 0; i < parameters_.size(); ++i) update(i);
}

bool Adam::updates_all_at_once() const {
  return kHasFusedAdam && !parameters_.empty() && parameters_.front().is_cuda();
}

void Adam::begin_step() {
  ++steps_;
  if (!updates_all_at_once()) return;
  if (!fused_step_size_.defined()) {
    const torch::TensorOptions options = parameters_.front().options().requires_grad(false);
    fused_step_size_ = torch::empty({}, options);
    if (options_.optimizer == OptimizerKind::kAdamW) fused_kept_ = torch::empty({}, options);
    // LibTorch corrects its moments by 1 - beta^steps, which is 1 here: Keras's correction, which
    // leaves epsilon alone, is in the step size.
    constexpr double kLongAfterTheFirst = 1e9;
    fused_steps_ = torch::full({}, kLongAfterTheFirst, options);
  }
  fused_step_size_.fill_(step_size());
  if (fused_kept_.defined()) fused_kept_.fill_(kept_by_decay());
}

void Adam::update_backward(const torch::Tensor& loss) {
  if (updates_all_at_once()) {
    loss.backward();
    return update_all();
  }
  if (gradient_ends_.empty()) update_when_gradient_is_known();
  loss.backward();
}

void Adam::mark_parameters_changed() {
  for (torch::Tensor& parameter : parameters_) parameter.unsafeGetTensorImpl()->bump_version();
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

void Adam::update_all() {
  const torch::NoGradGuard no_grad;
  FusedAdam all{{},
                {},
                {},
                {},
                options_.clipvalue,
                kBeta1,
                kBeta2,
                kEpsilon,
                fused_step_size_,
                fused_kept_,
                fused_steps_};
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    torch::Tensor& parameter = parameters_[i];
    if (!parameter.grad().defined()) continue;
    all.parameters.push_back(parameter);
    // The kernel has one index for all of a parameter's tensors.
    all.gradients.push_back(laid_out_like(parameter, parameter.grad()));
    all.first_moments.push_back(first_moments_[i]);
    all.second_moments.push_back(second_moments_[i]);
    parameter.mutable_grad().reset();
  }
  if (all.parameters.empty()) return;
  run_fused_adam(all);
  mark_parameters_changed();
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
    *tensor = laid_out_like(parameter, *tensor);
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
  parameter.unsafeGetTensorImpl()->bump_version();
}

}  // namespace flexunet
