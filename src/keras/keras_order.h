#pragma once

#include <string>
#include <vector>

#include "flexunet/options/options.h"

namespace flexunet {

enum class KerasLayerKind { kWeightless, kConvolution, kTransposedConvolution, kNormalization };

/// One layer of the original's network and what it is in ours.
struct KerasSlot {
  std::string layer;  ///< the name that Keras gives: "conv2d_3"
  KerasLayerKind kind;
  std::string module;  ///< our module: "encoder.1.conv2"; empty for layers without weights
};

/// A tensor's name in a Keras layer ("kernel") and in our module ("weight").
struct KerasTensorName {
  std::string keras;
  std::string ours;
};

/// The layers of a network in the order in which Keras lists them. Only for networks that the
/// original could build: no normalization, or "batch".
std::vector<KerasSlot> keras_slots(const NetworkOptions& network);

/// The tensors of a kind of layer in the order in which Keras lists them.
const std::vector<KerasTensorName>& keras_tensor_names(KerasLayerKind kind);

}  // namespace flexunet
