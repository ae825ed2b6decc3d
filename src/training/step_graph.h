#pragma once

#include <torch/torch.h>

#include <functional>
#include <memory>

#include "flexunet/loader/batch.h"

namespace flexunet {

/// What a training step tells: scalars on its device.
struct StepResult {
  torch::Tensor loss;
  torch::Tensor metric;
};

/// Runs training steps on a GPU. After a few batches of the first one's shape it records a step as a
/// CUDA graph and then replays it: the hundreds of kernels of a step are started at once, where a
/// GPU would otherwise wait for the processor to start each. Batches of other shapes run as they
/// are. The same numbers as without.
class StepGraph {
 public:
  using Step = std::function<StepResult(const Batch&)>;

  /// `step` must not look at a number on the device, nor change what it computes with on the host.
  explicit StepGraph(Step step);
  ~StepGraph();
  StepGraph(const StepGraph&) = delete;
  StepGraph& operator=(const StepGraph&) = delete;

  /// The result is overwritten by the next run.
  StepResult run(const Batch& batch);

  /// Whether this program was built with CUDA; without, every step runs as it is.
  static bool is_available();

 private:
  struct Recording;
  Step step_;
  std::unique_ptr<Recording> recording_;
};

/// Makes a stream of its own the current one of a GPU while it lives, since CUDA cannot record the
/// default one; all that is computed before is complete then, and so is all in between at its end.
/// Nothing on a CPU.
class OwnStream {
 public:
  explicit OwnStream(torch::Device device);
  ~OwnStream();
  OwnStream(const OwnStream&) = delete;
  OwnStream& operator=(const OwnStream&) = delete;

 private:
  std::unique_ptr<c10::StreamGuard> guard_;
};

}  // namespace flexunet
