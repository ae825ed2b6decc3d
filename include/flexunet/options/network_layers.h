#pragma once

#include <cstdint>
#include <string>
#include <vector>

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
LevelShape level_shape(const NetworkOptions& network, int level);

/// Groups of channels that share a mean and a variance: all channels of their own for "instance",
/// at most 8 groups of equal size for "group" (Wu, He 2018), one for the other kinds.
int normalization_groups(NormalizationKind normalization, int channels);

enum class LayerKind {
  kConvolution,  ///< with its activation
  kNormalization,
  kDropout,
  kMaxPooling,
  kUpConvolution,  ///< transposed, 2x2, stride 2
  kConcatenation,  ///< of the up-convolution's result and the skip, in this order
  kHead,           ///< convolution 1x1 to logits
};

/// One layer of the network.
struct NetworkLayer {
  LayerKind kind;
  std::string name;  ///< that of the module, "encoder.0.conv1"; of layers without weights alike
  int level = 0;
  int in_channels = 0;
  int channels = 0;             ///< of the output
  int height = 0;               ///< of the output, pixels
  int width = 0;                ///< of the output, pixels
  int kernel = 0;               ///< of convolutions
  int dilation = 1;             ///< of convolutions
  double dropout = 0;           ///< the share that a dropout layer drops; it may be 0
  std::int64_t parameters = 0;  ///< trainable and moving ones, as Keras's total counts them

  /// Numbers of the output for one sample.
  std::int64_t size() const { return std::int64_t{channels} * height * width; }
};

/// Every layer in the order of the forward pass: what report, keras and the like tell about the
/// network. It is the same as that of FlexUNet's modules, which a test compares.
std::vector<NetworkLayer> network_layers(const NetworkOptions& network);

/// All trainable and moving parameters: 126,809,218 for the KneeBones3Dify config.
std::int64_t parameter_count(const NetworkOptions& network);

}  // namespace flexunet
