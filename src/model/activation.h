#pragma once

#include <torch/torch.h>

#include "flexunet/options/options.h"

namespace flexunet {

/// The activation (docs/behaviour.md, "The network"), element-wise. May overwrite `x`, which must
/// be the output of a layer that does not need it again (a convolution does not).
torch::Tensor activate(Activation activation, torch::Tensor x);

}  // namespace flexunet
