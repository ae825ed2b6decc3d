// For a LibTorch without CUDA.
#include <stdexcept>

#include "flexunet/model/cuda_graph.h"

namespace flexunet {

struct CudaGraph::Recording {};

CudaGraph::CudaGraph() = default;

CudaGraph::~CudaGraph() = default;

bool CudaGraph::is_available() { return false; }

void CudaGraph::record(const std::function<void()>&) {
  throw std::logic_error("a CUDA graph needs a LibTorch with CUDA");
}

void CudaGraph::replay() { throw std::logic_error("there is no CUDA graph to replay"); }

OwnStream::OwnStream(torch::Device) {}

OwnStream::~OwnStream() = default;

}  // namespace flexunet
