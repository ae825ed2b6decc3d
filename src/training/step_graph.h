#pragma once

#include <torch/torch.h>

#include <functional>
#include <utility>

#include "flexunet/loader/batch.h"
#include "flexunet/model/cuda_graph.h"

namespace flexunet {

/// What a training step tells: scalars on its device.
struct StepResult {
  torch::Tensor loss;
  torch::Tensor metric;
};

/// Runs training steps on a GPU. After a few batches of the first one's shape it records a step as
/// a CUDA graph and then replays it; batches of other shapes run as they are. The same numbers as
/// without.
class StepGraph {
 public:
  using Step = std::function<StepResult(const Batch&)>;

  /// `step` must not look at a number on the GPU, nor change what it computes with on the host.
  explicit StepGraph(Step step) : step_(std::move(step)) {}

  /// The result is overwritten by the next run.
  StepResult run(const Batch& batch);

 private:
  Step step_;
  Batch recorded_batch_;  // a replay reads from here
  int steps_before_ = 0;  // of its shape, which ran as they are
  StepResult recorded_result_;
  CudaGraph graph_;
};

}  // namespace flexunet
