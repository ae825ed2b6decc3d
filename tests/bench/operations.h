#pragma once

#include <cstdint>

#include "flexunet/options/options.h"

namespace flexunet {

/// Floating-point operations of the forward pass of a batch: 2 * N * H * W * in * out * k * k for
/// each convolution, H and W those of its output (a transposed 2x2 one with stride 2 has a single
/// weight a pixel, input and output channel). Biases, activations, pooling and dropout are not
/// counted.
std::int64_t forward_operations(const NetworkOptions& network, int batch_size);

/// The same for a training step: three times the forward pass, since the gradients of a
/// convolution's weights and of its input take as many again, less the gradient of the image, which
/// nobody asks for. Loss, metric and optimiser are not counted.
std::int64_t training_operations(const NetworkOptions& network, int batch_size);

}  // namespace flexunet
