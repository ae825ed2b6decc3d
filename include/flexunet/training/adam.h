#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "flexunet/config/options.h"

namespace flexunet {

/// Adam as Keras computes it (behaviour section 6): each gradient element is clipped to
/// [-clipvalue, clipvalue]; step = lr * sqrt(1 - beta2^t) / (1 - beta1^t) * m / (sqrt(v) + 1e-7).
/// AdamW takes lr * weight_decay of each weight off first (Loshchilov, Hutter 2019).
class Adam {
 public:
  Adam(std::vector<torch::Tensor> parameters, const OptimizerOptions& options);

  /// One update from the parameters' gradients; parameters without one are left alone.
  void step();
  /// Drops all gradients.
  void zero_grad();

  double learning_rate() const { return options_.learning_rate; }
  void set_learning_rate(double learning_rate) { options_.learning_rate = learning_rate; }

  /// The running means of the gradients and of their squares, in the order of the parameters; their
  /// values may be overwritten, along with steps, to go on where another Adam stood.
  const std::vector<torch::Tensor>& first_moments() const { return first_moments_; }
  const std::vector<torch::Tensor>& second_moments() const { return second_moments_; }
  std::int64_t steps() const { return steps_; }
  void set_steps(std::int64_t steps) { steps_ = steps; }

 private:
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> first_moments_;
  std::vector<torch::Tensor> second_moments_;
  OptimizerOptions options_;
  std::int64_t steps_ = 0;
};

}  // namespace flexunet
