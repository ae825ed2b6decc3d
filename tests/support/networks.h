#pragma once

#include "flexunet/options/options.h"

namespace flexunet {

/// The [model] section of the published KneeBones3Dify config.
inline NetworkOptions knee_bones_network() {
  NetworkOptions network;
  network.image_width = 512;
  network.image_height = 512;
  network.num_classes = 2;
  network.base_filters = 16;
  network.base_kernel = 11;
  network.num_layers = 8;
  network.dropout_rate = 0.05;
  return network;
}

/// The [model] section of the published PanNuke config.
inline NetworkOptions pan_nuke_network() {
  NetworkOptions network = knee_bones_network();
  network.input_normalize = false;
  network.num_classes = 6;
  network.base_kernel = 9;
  network.dropout_rate = 0.04;
  network.dilation = 3;
  return network;
}

/// Two levels, small enough to check by hand; height and width differ.
inline NetworkOptions tiny_network() {
  NetworkOptions network;
  network.image_width = 32;
  network.image_height = 16;
  network.num_classes = 4;
  network.base_filters = 8;
  network.base_kernel = 5;
  network.num_layers = 2;
  network.dilation = 2;
  return network;
}

}  // namespace flexunet
