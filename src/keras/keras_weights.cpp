#include "flexunet/keras/keras_weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "flexunet/base/error.h"
#include "flexunet/base/text.h"
#include "flexunet/options/names.h"
#include "keras/keras_h5.h"
#include "keras/keras_order.h"

namespace flexunet {
namespace {

using nlohmann::json;

struct NamedShape {
  std::string name;
  std::vector<std::int64_t> shape;
};

struct LayerPair {
  const KerasLayer* stored;
  const KerasSlot* slot;
};

torch::Tensor find_tensor(const FlexUNet& model, const std::string& name) {
  const auto parameters = model->named_parameters();
  if (const torch::Tensor* parameter = parameters.find(name)) return *parameter;
  const auto buffers = model->named_buffers();
  return buffers[name];
}

// (out,in,kh,kw) <-> (kh,kw,in,out), and the same with in and out exchanged.
torch::Tensor to_keras_layout(const torch::Tensor& tensor) {
  return tensor.dim() == 4 ? tensor.permute({2, 3, 1, 0}) : tensor;
}

torch::Tensor from_keras_layout(const torch::Tensor& tensor) {
  return tensor.dim() == 4 ? tensor.permute({3, 2, 0, 1}) : tensor;
}

// "conv2d/kernel:0" is the kernel.
std::string tensor_name(const std::string& weight_name) {
  const std::size_t slash = weight_name.rfind('/');
  const std::string last = slash == std::string::npos ? weight_name : weight_name.substr(slash + 1);
  return last.substr(0, last.find(':'));
}

std::string describe(const std::vector<NamedShape>& tensors) {
  std::vector<std::string> texts;
  for (const auto& [name, shape] : tensors) {
    texts.push_back(fmt::format("{} ({})", name, fmt::join(shape, ",")));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

std::vector<NamedShape> shapes_of(const KerasLayer& layer) {
  std::vector<NamedShape> shapes;
  for (const KerasWeight& weight : layer.weights) {
    shapes.push_back({tensor_name(weight.name), weight.shape});
  }
  return shapes;
}

std::vector<NamedShape> shapes_of(const FlexUNet& model, const KerasSlot& slot) {
  std::vector<NamedShape> shapes;
  for (const auto& [keras, ours] : keras_tensor_names(slot.kind)) {
    const torch::Tensor tensor = find_tensor(model, slot.module + "." + ours);
    shapes.push_back({keras, to_keras_layout(tensor).sizes().vec()});
  }
  return shapes;
}

bool same_shapes(const std::vector<NamedShape>& a, const std::vector<NamedShape>& b) {
  return a.size() == b.size() &&
         std::is_permutation(a.begin(), a.end(), b.begin(), [](const auto& x, const auto& y) {
           return x.name == y.name && x.shape == y.shape;
         });
}

// The configuration of each layer of a whole model by its name; nothing for a weights file.
std::map<std::string, json> layer_settings(const std::string& architecture) {
  std::map<std::string, json> settings;
  if (architecture.empty()) return settings;
  const json model = json::parse(architecture);
  for (const json& layer : model.at("config").at("layers")) {
    const json& config = layer.at("config");
    settings[config.at("name").get<std::string>()] = config;
  }
  return settings;
}

// The original knows BatchNormalization alone.
void require_keras_network(const std::filesystem::path& path, const NetworkOptions& network) {
  if (network.normalization == NormalizationKind::kNone ||
      network.normalization == NormalizationKind::kBatch) {
    return;
  }
  throw CheckpointError(fmt::format(
      "{}: no Keras file of the original holds [model] normalization = \"{}\": only False and "
      "\"batch\" can be read from .h5 and written to it; use .safetensors",
      path.string(), name_of(network.normalization)));
}

class Fitting {
 public:
  Fitting(const std::filesystem::path& path, const KerasModel& file, const FlexUNet& model)
      : path_(path), file_(file), model_(model), slots_(keras_slots(model->network())) {
    for (const KerasSlot& slot : slots_) {
      if (slot.kind != KerasLayerKind::kWeightless) wanted_.push_back(&slot);
    }
    for (const KerasLayer& layer : file.layers) {
      if (!layer.weights.empty()) stored_.push_back(&layer);
    }
  }

  /// The file's layers beside ours, without the head where it may differ and does.
  std::vector<LayerPair> pairs(HeadPolicy head) const {
    std::vector<LayerPair> pairs;
    const std::size_t common = std::min(stored_.size(), wanted_.size());
    for (std::size_t i = 0; i < common; ++i) {
      const auto found = shapes_of(*stored_[i]);
      const auto asked = shapes_of(model_, *wanted_[i]);
      if (same_shapes(found, asked)) {
        pairs.push_back({stored_[i], wanted_[i]});
        continue;
      }
      const bool both_heads = i + 1 == stored_.size() && i + 1 == wanted_.size();
      if (head == HeadPolicy::kMayDiffer && both_heads) continue;
      refuse(fmt::format("layer {} is {} in the file, and {} is {} in the config", stored_[i]->name,
                         describe(found), wanted_[i]->module, describe(asked)));
    }
    require_same_length();
    require_same_settings(pairs);
    return pairs;
  }

 private:
  [[noreturn]] void refuse(const std::string& difference) const {
    throw CheckpointError(
        fmt::format("{}: made for another network: {}. Use the config that it was trained with, or "
                    "train anew",
                    path_.string(), difference));
  }

  void require_same_length() const {
    if (stored_.size() < wanted_.size()) {
      const KerasSlot& slot = *wanted_[stored_.size()];
      refuse(
          fmt::format("it ends after {} layers with weights, where the config goes on with {}, {}",
                      stored_.size(), slot.module, describe(shapes_of(model_, slot))));
    }
    if (stored_.size() > wanted_.size()) {
      const KerasLayer& layer = *stored_[wanted_.size()];
      refuse(
          fmt::format("it goes on with layer {}, {}, where the config ends after {} layers with "
                      "weights",
                      layer.name, describe(shapes_of(layer)), wanted_.size()));
    }
  }

  // What shows in no shape.
  void require_same_settings(const std::vector<LayerPair>& pairs) const {
    require_same_input();
    const std::map<std::string, json> settings = settings_or_refuse();
    for (const auto& [stored, slot] : pairs) {
      const auto found = settings.find(stored->name);
      if (found == settings.end() || slot->kind != KerasLayerKind::kConvolution) continue;
      if (slot->module == "head") continue;
      require_same_convolution(stored->name, found->second, slot->module);
    }
  }

  std::map<std::string, json> settings_or_refuse() const {
    try {
      return layer_settings(file_.architecture);
    } catch (const json::exception& error) {
      throw CheckpointError(fmt::format("{}: its model_config does not describe a Keras model: {}",
                                        path_.string(), error.what()));
    }
  }

  void require_same_convolution(const std::string& layer, const json& config,
                                const std::string& module) const {
    std::string found = config.value("activation", json()).is_string()
                            ? config["activation"].get<std::string>()
                            : name_of(model_->network().activation);
    if (found == "silu") found = name_of(Activation::kSwish);
    const std::string asked = name_of(model_->network().activation);
    if (found != asked) {
      refuse(fmt::format("layer {} has the activation {} in the file, and {} has {} in the config",
                         layer, found, module, asked));
    }
    const auto convolution =
        std::dynamic_pointer_cast<ConvolutionImpl>(model_->named_modules()[module]);
    const int dilation = convolution->dilation();
    const json expected = json::array({dilation, dilation});
    if (config.contains("dilation_rate") && config["dilation_rate"] != expected) {
      refuse(fmt::format("layer {} has the dilation {} in the file, and {} has {} in the config",
                         layer, config["dilation_rate"].dump(), module, expected.dump()));
    }
  }

  // The division by 255 is a Lambda layer. A file that lists only layers with weights does not say.
  void require_same_input() const {
    if (stored_.size() == file_.layers.size()) return;
    const bool found =
        std::any_of(file_.layers.begin(), file_.layers.end(), [](const KerasLayer& layer) {
          return layer.weights.empty() && layer.name.rfind("lambda", 0) == 0;
        });
    if (found == model_->network().input_normalize) return;
    refuse(fmt::format("input_normalize is {} in the file ({} layer lambda) and {} in the config",
                       found, found ? "it has a" : "it has no", !found));
  }

  const std::filesystem::path& path_;
  const KerasModel& file_;
  const FlexUNet& model_;
  std::vector<KerasSlot> slots_;
  std::vector<const KerasSlot*> wanted_;
  std::vector<const KerasLayer*> stored_;
};

void fill(FlexUNet& model, const LayerPair& pair) {
  for (const auto& [keras, ours] : keras_tensor_names(pair.slot->kind)) {
    for (const KerasWeight& weight : pair.stored->weights) {
      if (tensor_name(weight.name) != keras) continue;
      torch::Tensor values = torch::empty(weight.shape, torch::kFloat32);
      std::memcpy(values.data_ptr(), weight.data.data(), values.nbytes());
      torch::Tensor target = find_tensor(model, pair.slot->module + "." + ours);
      target.copy_(from_keras_layout(values));
    }
  }
}

KerasWeight stored_weight(const std::string& name, const torch::Tensor& tensor) {
  const torch::Tensor values = to_keras_layout(tensor.detach().cpu()).contiguous();
  KerasWeight weight{name, values.sizes().vec(), {}};
  weight.data.resize(static_cast<std::size_t>(values.numel()));
  std::memcpy(weight.data.data(), values.data_ptr(), values.nbytes());
  return weight;
}

}  // namespace

bool load_keras_weights(const std::filesystem::path& path, FlexUNet& model, HeadPolicy head) {
  const torch::NoGradGuard no_grad;
  require_keras_network(path, model->network());
  const KerasModel file = read_keras_h5(path);
  const Fitting fitting(path, file, model);
  const std::vector<LayerPair> pairs = fitting.pairs(head);
  for (const LayerPair& pair : pairs) fill(model, pair);
  return !pairs.empty() && pairs.back().slot->module == "head";
}

void save_keras_weights(const std::filesystem::path& path, FlexUNet& model) {
  require_keras_network(path, model->network());
  std::vector<KerasLayer> layers;
  for (const KerasSlot& slot : keras_slots(model->network())) {
    KerasLayer layer{slot.layer, {}};
    for (const auto& [keras, ours] : keras_tensor_names(slot.kind)) {
      layer.weights.push_back(stored_weight(fmt::format("{}/{}:0", slot.layer, keras),
                                            find_tensor(model, slot.module + "." + ours)));
    }
    layers.push_back(std::move(layer));
  }
  write_keras_h5(path, layers);
}

LoadedWeights load_any_weights(const std::filesystem::path& path, FlexUNet& model,
                               HeadPolicy head) {
  const std::string ending = to_lower(path.extension().string());
  if (ending == ".safetensors") return load_weights(path, model, head);
  if (ending == ".h5" || ending == ".hdf5" || ending == ".keras") {
    return {{}, load_keras_weights(path, model, head)};
  }
  throw CheckpointError(
      fmt::format("{}: not known by its ending; supported are .safetensors (native) and .h5 "
                  "(Keras 2)",
                  path.string()));
}

}  // namespace flexunet
