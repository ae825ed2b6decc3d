#pragma once

#include <algorithm>
#include <cstdint>

#include "flexunet/config/options.h"

namespace flexunet {

/// What one level of the network looks like (behaviour section 4).
struct LevelShape {
  int filters = 0;
  int height = 0;  ///< pixels
  int width = 0;   ///< pixels
  int kernel = 0;
  int dilation = 0;
  double dropout = 0;
};

/// Level 0..num_layers-1; the last one is the bridge.
inline LevelShape level_shape(const NetworkOptions& network, int level) {
  LevelShape shape;
  shape.filters = network.base_filters << level;
  shape.height = network.image_height >> level;
  shape.width = network.image_width >> level;
  shape.kernel = level == 0 ? network.base_kernel : std::max(3, network.base_kernel - 2 * level);
  shape.dilation = std::max(1, network.dilation - level);
  shape.dropout = network.dropout_rate * level;
  return shape;
}

/// Weights and biases of a convolution, transposed or not, with a square kernel.
inline std::int64_t convolution_parameters(int kernel, std::int64_t inputs, std::int64_t outputs) {
  return outputs * (inputs * kernel * kernel + 1);
}

/// Gamma, beta, moving mean and moving variance, as Keras's total counts them.
inline std::int64_t batch_norm_parameters(std::int64_t channels) { return 4 * channels; }

}  // namespace flexunet
