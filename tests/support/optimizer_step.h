#pragma once

#include "flexunet/training/adam.h"

namespace flexunet {

/// One update on the way back from `loss`, as the trainer makes it.
inline void step_backward(Adam& optimizer, const torch::Tensor& loss) {
  optimizer.begin_step();
  optimizer.update_backward(loss);
}

}  // namespace flexunet
