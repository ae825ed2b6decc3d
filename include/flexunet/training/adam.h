#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "flexunet/options/options.h"

namespace flexunet {

/// Adam as Keras computes it (docs/behaviour.md, "Optimiser"): each gradient element is clipped to
/// [-clipvalue, clipvalue]; step = lr * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + 1e-7).
/// AdamW takes lr * weight_decay of each weight off first (Loshchilov, Hutter 2019).
class Adam {
 public:
  Adam(std::vector<torch::Tensor> parameters, const OptimizerOptions& options);
  Adam(const Adam&) = delete;
  Adam& operator=(const Adam&) = delete;

  /// One update from the parameters' gradients, which it drops; parameters without one are left
  /// alone.
  void step();
  /// One update on the way back from a loss, in two parts, for those who record the second one and
  /// replay it: the numbers of the next step, which change, and what is computed from them. On the
  /// CPU each parameter is updated as soon as its gradient is known and still in the processor's
  /// cache; gradients are dropped at once, so that they are never in memory all together. On a GPU
  /// all parameters are updated by one of LibTorch's kernels after the last. The network must use
  /// each parameter once.
  void begin_step();
  void update_backward(const torch::Tensor& loss);
  /// To be told when a replay of update_backward has changed the parameters.
  void mark_parameters_changed();

  double learning_rate() const { return options_.learning_rate; }
  void set_learning_rate(double learning_rate) { options_.learning_rate = learning_rate; }

  /// The running means of the gradients and of their squares, in the order of the parameters; their
  /// values may be overwritten, along with steps, to go on where another Adam stood.
  const std::vector<torch::Tensor>& first_moments() const { return first_moments_; }
  const std::vector<torch::Tensor>& second_moments() const { return second_moments_; }
  std::int64_t steps() const { return steps_; }
  void set_steps(std::int64_t steps) { steps_ = steps; }

 private:
  bool updates_all_at_once() const;
  void update_when_gradient_is_known();
  void update_all();
  double step_size() const;
  double kept_by_decay() const;
  void update(std::size_t i);
  void update_step_by_step(std::size_t i);
  void update_in_one_pass(std::size_t i);

  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> first_moments_;
  std::vector<torch::Tensor> second_moments_;
  OptimizerOptions options_;
  std::int64_t steps_ = 0;
  // Scalars on the parameters' device, for updates of all of them at once.
  torch::Tensor fused_step_size_;
  torch::Tensor fused_kept_;
  torch::Tensor fused_steps_;
  // Of each parameter: where its gradient arrives; the hooks live as long as they are held here.
  std::vector<std::shared_ptr<torch::autograd::Node>> gradient_ends_;
};

}  // namespace flexunet
