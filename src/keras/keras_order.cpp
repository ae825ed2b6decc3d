#include "keras/keras_order.h"

#include <fmt/format.h>

#include <map>

namespace flexunet {
namespace {

class SlotList {
 public:
  explicit SlotList(const NetworkOptions& network) : network_(network) {}

  // Keras counts the layers of a kind: conv2d, conv2d_1, conv2d_2, ...
  void add(const std::string& kind_name, KerasLayerKind kind, const std::string& module = "") {
    const int number = counts_[kind_name]++;
    slots_.push_back(
        {number == 0 ? kind_name : fmt::format("{}_{}", kind_name, number), kind, module});
  }

  void add_weightless(const std::string& kind_name) { add(kind_name, KerasLayerKind::kWeightless); }

  void add_convolution(const std::string& module) {
    add("conv2d", KerasLayerKind::kConvolution, module);
  }

  void add_block(const std::string& block) {
    add_half_block(block, 1);
    add_weightless("dropout");
    add_half_block(block, 2);
  }

  std::vector<KerasSlot> take() { return std::move(slots_); }

 private:
  void add_half_block(const std::string& block, int number) {
    add_convolution(fmt::format("{}.conv{}", block, number));
    if (network_.normalization == NormalizationKind::kNone) return;
    add("batch_normalization", KerasLayerKind::kNormalization,
        fmt::format("{}.norm{}", block, number));
  }

  const NetworkOptions& network_;
  std::map<std::string, int> counts_;
  std::vector<KerasSlot> slots_;
};

}  // namespace

std::vector<KerasSlot> keras_slots(const NetworkOptions& network) {
  SlotList slots(network);
  slots.add_weightless("input_1");
  if (network.input_normalize) slots.add_weightless("lambda");
  for (int level = 0; level < network.num_layers; ++level) {
    if (level > 0) slots.add_weightless("max_pooling2d");
    slots.add_block(fmt::format("encoder.{}", level));
  }
  for (int level = network.num_layers - 2; level >= 0; --level) {
    slots.add("conv2d_transpose", KerasLayerKind::kTransposedConvolution,
              fmt::format("decoder.{}.up", level));
    slots.add_weightless("concatenate");
    slots.add_block(fmt::format("decoder.{}", level));
  }
  slots.add_convolution("head");
  return slots.take();
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

std::vector<std::string> tensor_names_in_keras_order(const NetworkOptions& network) {
  std::vector<std::string> names;
  for (const KerasSlot& slot : keras_slots(network)) {
    for (const KerasTensorName& tensor : keras_tensor_names(slot.kind)) {
      names.push_back(slot.module + "." + tensor.ours);
    }
  }
  return names;
}

}  // namespace flexunet
