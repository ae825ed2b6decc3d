#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>

#include "flexunet/options/options.h"

namespace flexunet {

/// What one level of the network looks like (docs/behaviour.md, "The network").
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

/// Groups of channels that share a mean and a variance: all channels of their own for "instance",
/// at most 8 groups of equal size for "group" (Wu, He 2018), one for the other kinds.
inline int normalization_groups(NormalizationKind normalization, int channels) {
  constexpr int kMostGroups = 8;
  if (normalization == NormalizationKind::kInstance) return channels;
  return normalization == NormalizationKind::kGroup ? std::gcd(channels, kMostGroups) : 1;
}

/// Weights and biases of a convolution, transposed or not, with a square kernel.
inline std::int64_t convolution_parameters(int kernel, std::int64_t inputs, std::int64_t outputs) {
  return outputs * (inputs * kernel * kernel + 1);
}

/// Gamma and beta; with "batch" moving mean and moving variance too, as Keras's total counts them.
inline std::int64_t normalization_parameters(NormalizationKind normalization,
                                             std::int64_t channels) {
  if (normalization == NormalizationKind::kNone) return 0;
  return (normalization == NormalizationKind::kBatch ? 4 : 2) * channels;
}

}  // namespace flexunet
