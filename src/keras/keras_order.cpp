#include "keras/keras_order.h"

#include <fmt/format.h>

#include <map>
#include <stdexcept>

#include "flexunet/options/network_layers.h"

namespace flexunet {
namespace {

// A kind of layer as Keras calls it, and what its weights are.
struct KerasKind {
  const char* name;
  KerasLayerKind kind;
};

KerasKind keras_kind(LayerKind kind) {
  switch (kind) {
    case LayerKind::kConvolution:
    case LayerKind::kHead:
      return {"conv2d", KerasLayerKind::kConvolution};
    case LayerKind::kNormalization:
      return {"batch_normalization", KerasLayerKind::kNormalization};
    case LayerKind::kDropout:
      return {"dropout", KerasLayerKind::kWeightless};
    case LayerKind::kMaxPooling:
      return {"max_pooling2d", KerasLayerKind::kWeightless};
    case LayerKind::kUpConvolution:
      return {"conv2d_transpose", KerasLayerKind::kTransposedConvolution};
    case LayerKind::kConcatenation:
      return {"concatenate", KerasLayerKind::kWeightless};
  }
  throw std::logic_error("layer without a case");
}

}  // namespace

std::vector<KerasSlot> keras_slots(const NetworkOptions& network) {
  std::vector<KerasSlot> slots{{"input_1", KerasLayerKind::kWeightless, ""}};
  if (network.input_normalize) slots.push_back({"lambda", KerasLayerKind::kWeightless, ""});
  std::map<std::string, int> counts;
  for (const NetworkLayer& layer : network_layers(network)) {
    const KerasKind kind = keras_kind(layer.kind);
    // Keras counts the layers of a kind: conv2d, conv2d_1, conv2d_2, ...
    const int number = counts[kind.name]++;
    slots.push_back({number == 0 ? kind.name : fmt::format("{}_{}", kind.name, number), kind.kind,
                     kind.kind == KerasLayerKind::kWeightless ? "" : layer.name});
  }
  return slots;
}

const std::vector<KerasTensorName>& keras_tensor_names(KerasLayerKind kind) {
  static const std::vector<KerasTensorName> none;
  static const std::vector<KerasTensorName> convolution{{"kernel", "weight"}, {"bias", "bias"}};
  static const std::vector<KerasTensorName> normalization{{"gamma", "weight"},
                                                          {"beta", "bias"},
                                                          {"moving_mean", "running_mean"},
                                                          {"moving_variance", "running_var"}};
  switch (kind) {
    case KerasLayerKind::kWeightless:
      return none;
    case KerasLayerKind::kNormalization:
      return normalization;
    default:
      return convolution;
  }
}

}  // namespace flexunet
