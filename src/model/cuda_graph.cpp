#include "flexunet/model/cuda_graph.h"

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAStream.h>

#include <exception>

namespace flexunet {

struct CudaGraph::Recording {
  at::cuda::CUDAGraph graph;
};

CudaGraph::CudaGraph() = default;

CudaGraph::~CudaGraph() = default;

bool CudaGraph::is_available() { return true; }

void CudaGraph::record(const std::function<void()>& work) {
  // A recording has memory of its own: what `work` used before is given back first.
  c10::cuda::CUDACachingAllocator::emptyCache();
  auto recording = std::make_unique<Recording>();
  // Threads that prepare batches may ask CUDA for memory meanwhile.
  recording->graph.capture_begin({0, 0}, cudaStreamCaptureModeThreadLocal);
  work();
  recording->graph.capture_end();
  recording_ = std::move(recording);
}

void CudaGraph::replay() { recording_->graph.replay(); }

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
