#include "bench/operations.h"

#include "flexunet/options/network_shape.h"

namespace flexunet {
namespace {

std::int64_t convolution_operations(const LevelShape& level, int kernel, std::int64_t inputs,
                                    std::int64_t outputs) {
  return std::int64_t{2} * level.height * level.width * kernel * kernel * inputs * outputs;
}

// The pair of convolutions of a level.
std::int64_t block_operations(const LevelShape& level, std::int64_t inputs) {
  return convolution_operations(level, level.kernel, inputs, level.filters) +
         convolution_operations(level, level.kernel, level.filters, level.filters);
}

}  // namespace

std::int64_t forward_operations(const NetworkOptions& network, int batch_size) {
  std::int64_t operations = block_operations(level_shape(network, 0), network.image_channels);
  for (int index = 1; index < network.num_layers; ++index) {
    operations +=
        block_operations(level_shape(network, index), level_shape(network, index - 1).filters);
  }
  for (int index = 0; index + 1 < network.num_layers; ++index) {
    const LevelShape level = level_shape(network, index);
    operations +=
        convolution_operations(level, 1, level_shape(network, index + 1).filters, level.filters) +
        block_operations(level, std::int64_t{2} * level.filters);
  }
  operations +=
      convolution_operations(level_shape(network, 0), 1, network.base_filters, network.num_classes);
  return batch_size * operations;
}

std::int64_t training_operations(const NetworkOptions& network, int batch_size) {
  const LevelShape top = level_shape(network, 0);
  return 3 * forward_operations(network, batch_size) -
         batch_size * convolution_operations(top, top.kernel, network.image_channels, top.filters);
}

}  // namespace flexunet
