#pragma once

#include <torch/torch.h>

#include <string>

namespace flexunet {

/// "auto" (CUDA when there is one, else CPU), "cpu", "cuda" or "cuda:N". Throws ConfigError when
/// the name is unknown or the device is not there, beginning with that name: never a silent
/// fall-back.
torch::Device select_device(const std::string& name);

/// Whether equal runs on a GPU give equal bytes. A CPU's always do.
enum class Determinism { kFastest, kDeterministic };

/// LibTorch's settings for `device`; none for a CPU. A GPU becomes the current one, TF32 is
/// allowed, as in PyTorch for convolutions, and with kDeterministic cuDNN and cuBLAS take
/// algorithms that always add in the same order. To be called before anything is computed on it.
void set_up_device(torch::Device device, Determinism determinism = Determinism::kFastest);

/// While it lives, cuDNN times its algorithms for each shape that is new and keeps the quickest:
/// worth it for a shape that is computed often. Nothing changes where determinism was asked for.
class AlgorithmSearch {
 public:
  explicit AlgorithmSearch(bool wanted);
  ~AlgorithmSearch();
  AlgorithmSearch(const AlgorithmSearch&) = delete;
  AlgorithmSearch& operator=(const AlgorithmSearch&) = delete;

 private:
  bool before_;
};

/// Whether a GPU may round the operands of float32 convolutions and matrix products to TF32, which
/// has the range of float32 and 10 bits of mantissa; sums stay float32.
void allow_tf32(bool allowed);

/// Threads for LibTorch: `requested` if above 0, else one a physical core. Returns it. How they are
/// shared with the rest: base/threads.h.
int select_threads(int requested);

/// Whether a device computes convolutions in bfloat16, however slowly: every CPU does, a GPU from
/// compute capability 8.0 on.
bool computes_bfloat16(torch::Device device);

}  // namespace flexunet
