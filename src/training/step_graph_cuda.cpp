#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAStream.h>

#include <exception>
#include <utility>

#include "training/step_graph.h"

namespace flexunet {

struct StepGraph::Recording {
  torch::Tensor images;  // of the shape that is recorded; a replay reads from here
  torch::Tensor class_masks;
  int steps_before = 0;  // that ran as they are
  bool recorded = false;
  at::cuda::CUDAGraph graph;
  StepResult result;
};

StepGraph::StepGraph(Step step) : step_(std::move(step)) {}

StepGraph::~StepGraph() = default;

StepResult StepGraph::run(const Batch& batch) {
  // cuDNN times its algorithms in the first step; PyTorch's documentation asks for three.
  constexpr int kStepsBefore = 3;
  if (!recording_) {
    recording_ = std::make_unique<Recording>();
    recording_->images = batch.images.clone();
    recording_->class_masks = batch.class_masks.clone();
  }
  Recording& recording = *recording_;
  if (batch.images.sizes() != recording.images.sizes()) return step_(batch);
  if (recording.steps_before < kStepsBefore) {
    ++recording.steps_before;
    return step_(batch);
  }
  if (!recording.recorded) {
    // A replay has memory of its own: what the steps before used is given back first.
    c10::cuda::CUDACachingAllocator::emptyCache();
    // Threads that prepare batches may ask CUDA for memory meanwhile.
    recording.graph.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
    recording.result = step_({recording.images, recording.class_masks});
    recording.graph.capture_end();
    recording.recorded = true;
  }
  recording.images.copy_(batch.images);
  recording.class_masks.copy_(batch.class_masks);
  recording.graph.replay();
  return recording.result;
}

bool StepGraph::is_available() { return true; }

OwnStream::OwnStream(torch::Device device) {
  if (!device.is_cuda()) return;
  torch::cuda::synchronize();
  guard_ = std::make_unique<c10::StreamGuard>(
      c10::cuda::getStreamFromPool(/*isHighPriority=*/false, device.index()));
}

OwnStream::~OwnStream() {
  if (!guard_) return;
  try {
    torch::cuda::synchronize();
  } catch (const std::exception&) {
    // An error of the GPU, which whoever computed on it has thrown already.
  }
}

}  // namespace flexunet
