#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace flexunet {

/// Draws all weights of a FlexUNet from one seed (docs/behaviour.md, "Initial weights"): he_normal
/// for the convolutions, glorot_uniform for transposed convolutions and the head, biases 0;
/// BatchNorm is left at 1 and 0. Formulas: He et al. 2015 with Keras's truncation; Glorot, Bengio
/// 2010.
void initialize_weights(torch::nn::Module& network, std::uint64_t seed);

}  // namespace flexunet
