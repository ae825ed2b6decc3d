#include "flexunet/options/network_layers.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

namespace flexunet {
namespace {

class LayerList {
 public:
  explicit LayerList(const NetworkOptions& network)
      : network_(network), channels_(network.image_channels) {}

  // conv - act - [norm] - dropout - conv - act - [norm]
  void add_block(const std::string& block, int level) {
    add_half_block(block, level, 1);
    add(LayerKind::kDropout, block + ".dropout", level).dropout =
        level_shape(network_, level).dropout;
    add_half_block(block, level, 2);
  }

  void add_pooling(const std::string& block, int level) {
    NetworkLayer& layer = add(LayerKind::kMaxPooling, block + ".pool", level);
    layer.height /= 2;
    layer.width /= 2;
  }

  // The skip has as many channels as the up-convolution's result.
  void add_up(const std::string& block, int level) {
    const int filters = level_shape(network_, level).filters;
    add_convolution(LayerKind::kUpConvolution, block + ".up", level, {filters, 2, 1});
    add(LayerKind::kConcatenation, block + ".concat", level).channels = 2 * filters;
    channels_ = 2 * filters;
  }

  void add_head() { add_convolution(LayerKind::kHead, "head", 0, {network_.num_classes, 1, 1}); }

  std::vector<NetworkLayer> take() { return std::move(layers_); }

 private:
  struct Filters {
    int channels;
    int kernel;
    int dilation;
  };

  NetworkLayer& add(LayerKind kind, const std::string& name, int level) {
    const LevelShape shape = level_shape(network_, level);
    NetworkLayer layer{kind, name, level, channels_, channels_, shape.height, shape.width};
    return layers_.emplace_back(layer);
  }

  void add_convolution(LayerKind kind, const std::string& name, int level, Filters filters) {
    NetworkLayer& layer = add(kind, name, level);
    layer.channels = filters.channels;
    layer.kernel = filters.kernel;
    layer.dilation = filters.dilation;
    layer.parameters = std::int64_t{filters.channels} *
                       (std::int64_t{channels_} * filters.kernel * filters.kernel + 1);
    channels_ = filters.channels;
  }

  void add_half_block(const std::string& block, int level, int number) {
    const LevelShape shape = level_shape(network_, level);
    add_convolution(LayerKind::kConvolution, fmt::format("{}.conv{}", block, number), level,
                    {shape.filters, shape.kernel, shape.dilation});
    if (network_.normalization == NormalizationKind::kNone) return;
    // Gamma and beta; with "batch" moving mean and moving variance too.
    const int numbers = network_.normalization == NormalizationKind::kBatch ? 4 : 2;
    add(LayerKind::kNormalization, fmt::format("{}.norm{}", block, number), level).parameters =
        std::int64_t{numbers} * shape.filters;
  }

  const NetworkOptions& network_;
  int channels_;  // of the last layer's output
  std::vector<NetworkLayer> layers_;
};

}  // namespace

LevelShape level_shape(const NetworkOptions& network, int level) {
  LevelShape shape;
  shape.filters = network.base_filters << level;
  shape.height = network.image_height >> level;
  shape.width = network.image_width >> level;
  shape.kernel = level == 0 ? network.base_kernel : std::max(3, network.base_kernel - 2 * level);
  shape.dilation = std::max(1, network.dilation - level);
  shape.dropout = network.dropout_rate * level;
  return shape;
}

int normalization_groups(NormalizationKind normalization, int channels) {
  constexpr int kMostGroups = 8;
  if (normalization == NormalizationKind::kInstance) return channels;
  return normalization == NormalizationKind::kGroup ? std::gcd(channels, kMostGroups) : 1;
}

std::vector<NetworkLayer> network_layers(const NetworkOptions& network) {
  LayerList layers(network);
  const int bridge = network.num_layers - 1;
  for (int level = 0; level <= bridge; ++level) {
    const std::string block = fmt::format("encoder.{}", level);
    layers.add_block(block, level);
    if (level < bridge) layers.add_pooling(block, level);
  }
  for (int level = bridge - 1; level >= 0; --level) {
    const std::string block = fmt::format("decoder.{}", level);
    layers.add_up(block, level);
    layers.add_block(block, level);
  }
  layers.add_head();
  return layers.take();
}

std::int64_t parameter_count(const NetworkOptions& network) {
  std::int64_t total = 0;
  for (const NetworkLayer& layer : network_layers(network)) total += layer.parameters;
  return total;
}

}  // namespace flexunet
