#pragma once

#include <torch/torch.h>

#include <functional>
#include <memory>

namespace flexunet {

/// Work on a GPU, recorded once and then replayed: its hundreds of kernels are started at once,
/// where a GPU would otherwise wait for the processor to start each.
class CudaGraph {
 public:
  CudaGraph();
  ~CudaGraph();
  CudaGraph(const CudaGraph&) = delete;
  CudaGraph& operator=(const CudaGraph&) = delete;

  /// Whether this program was built with CUDA; without, nothing can be recorded.
  static bool is_available();

  /// Records what `work` would compute, on an OwnStream; nothing is computed yet. `work` must not
  /// look at a number on the GPU, and must have run before: cuDNN chooses its algorithms then.
  /// A replay reads and writes the same memory as the recording. Throws where CUDA does.
  void record(const std::function<void()>& work);
  bool is_recorded() const { return recording_ != nullptr; }
  /// Starts what was recorded.
  void replay();

 private:
  struct Recording;
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
