#include "bench/operations.h"

#include "flexunet/options/network_layers.h"

namespace flexunet {
namespace {

// Multiplications and additions of one sample.
std::int64_t operations_of(const NetworkLayer& layer) {
  // Each pixel of an up-convolution's result comes from one of its inputs.
  const std::int64_t kernel = layer.kind == LayerKind::kUpConvolution ? 1 : layer.kernel;
  return 2 * layer.size() * kernel * kernel * layer.in_channels;
}

}  // namespace

std::int64_t forward_operations(const NetworkOptions& network, int batch_size) {
  std::int64_t operations = 0;
  for (const NetworkLayer& layer : network_layers(network)) operations += operations_of(layer);
  return batch_size * operations;
}

std::int64_t training_operations(const NetworkOptions& network, int batch_size) {
  // The way back computes two gradients, but none of the images.
  return 3 * forward_operations(network, batch_size) -
         batch_size * operations_of(network_layers(network).front());
}

}  // namespace flexunet
