#pragma once

#include <torch/torch.h>

namespace flexunet {

/// Each element of x, (N,C,H,W) float32 or bfloat16, 0 with probability `rate` (0 <= rate < 1) and
/// divided by 1 - rate otherwise; x itself outside training. Drawn from the generator that
/// torch::manual_seed seeds; on the CPU whatever the number of threads.
torch::Tensor apply_dropout(const torch::Tensor& x, double rate, bool training);

}  // namespace flexunet
