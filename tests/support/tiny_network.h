#pragma once

#include "flexunet/options/options.h"

namespace flexunet {

/// A network of two levels whose weights are written and read in no time.
inline NetworkOptions tiny_network() {
  NetworkOptions network;
  network.image_width = 8;
  network.image_height = 8;
  network.num_classes = 3;
  network.base_filters = 4;
  network.base_kernel = 5;
  network.num_layers = 2;
  return network;
}

}  // namespace flexunet
