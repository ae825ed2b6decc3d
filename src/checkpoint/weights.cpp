#include "flexunet/checkpoint/weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/options/names.h"

namespace flexunet {
namespace {

struct NamedTensor {
  std::string name;
  torch::Tensor tensor;
};

// BatchNorm's batch counter is left out: nothing depends on it, and Keras has none.
std::vector<NamedTensor> tensors_of(FlexUNet& model) {
  std::vector<NamedTensor> tensors;
  for (const auto& item : model->named_parameters()) tensors.push_back({item.key(), item.value()});
  for (const auto& item : model->named_buffers()) {
    if (item.value().is_floating_point()) tensors.push_back({item.key(), item.value()});
  }
  return tensors;
}

bool is_head(const std::string& name) { return name.rfind("head.", 0) == 0; }

std::string describe(const std::vector<std::int64_t>& shape) {
  return fmt::format("({})", fmt::join(shape, ","));
}

// False and True as long as the config could say no more.
nlohmann::json describe_normalization(NormalizationKind normalization) {
  if (normalization == NormalizationKind::kNone) return false;
  if (normalization == NormalizationKind::kBatch) return true;
  return name_of(normalization);
}

// What decides the function that the weights stand for; some of it shows in no shape.
nlohmann::json describe_network(const NetworkOptions& network) {
  return {{"image_channels", network.image_channels},
          {"num_classes", network.num_classes},
          {"base_filters", network.base_filters},
          {"base_kernel", network.base_kernel},
          {"num_layers", network.num_layers},
          {"dilation", network.dilation},
          {"normalization", describe_normalization(network.normalization)},
          {"input_normalize", network.input_normalize},
          {"activation", name_of(network.activation)}};
}

// The first option that differs between file and config, or nothing.
std::string difference_in_options(const LoadedWeights& loaded, const NetworkOptions& network) {
  const Metadata& metadata = loaded.metadata;
  const auto entry = metadata.find("network");
  if (entry == metadata.end()) return "";
  const nlohmann::json stored = nlohmann::json::parse(entry->second, nullptr, false);
  const nlohmann::json wanted = describe_network(network);
  for (const auto& [key, value] : wanted.items()) {
    if (key == "num_classes" && !loaded.head_loaded) continue;
    if (stored.contains(key) && stored[key] != value) {
      return fmt::format("{} is {} in the file and {} in the config", key, stored[key].dump(),
                         value.dump());
    }
  }
  return "";
}

[[noreturn]] void refuse(const SafetensorsFile& file, const std::string& difference) {
  throw CheckpointError(fmt::format(
      "{}: made for another network: {}. Use the config that it was trained with, or train anew",
      file.path().string(), difference));
}

bool has_other_shape(const SafetensorsFile& file, const std::string& name,
                     const torch::Tensor& tensor) {
  const auto entry = file.tensors().find(name);
  return entry != file.tensors().end() && entry->second.shape != tensor.sizes().vec();
}

void load_tensor(const SafetensorsFile& file, const std::string& name, torch::Tensor target) {
  const torch::NoGradGuard no_grad;
  const auto entry = file.tensors().find(name);
  if (entry == file.tensors().end()) refuse(file, "it has no " + name);
  const StoredTensor& stored = entry->second;
  if (stored.dtype != "F32") refuse(file, fmt::format("{} is {}, not F32", name, stored.dtype));
  if (stored.shape != target.sizes().vec()) {
    refuse(file, fmt::format("{} is {} in the file and {} in the config", name,
                             describe(stored.shape), describe(target.sizes().vec())));
  }
  torch::Tensor values = torch::empty(stored.shape, torch::kFloat32);
  std::memcpy(values.data_ptr(), stored.data.data(), stored.data.size());
  target.copy_(values);
}

}  // namespace

bool is_of_optimizer(const std::string& name) { return name.rfind(kOptimizerPrefix, 0) == 0; }

void save_weights(const std::filesystem::path& path, FlexUNet& model, Metadata metadata) {
  TensorCopy tensors;
  tensors.take(weights_of(model));
  Metadata entries = describe_weights(model);
  entries.merge(metadata);
  write_safetensors(path, tensors.stored(), std::move(entries));
}

NamedTensors weights_of(FlexUNet& model) {
  NamedTensors weights;
  for (const auto& [name, tensor] : tensors_of(model)) weights[name] = tensor;
  return weights;
}

Metadata describe_weights(const FlexUNet& model) {
  return {{"format", "pt"}, {"network", describe_network(model->network()).dump()}};
}

LoadedWeights load_weights(const std::filesystem::path& path, FlexUNet& model, HeadPolicy head) {
  return load_weights(SafetensorsFile::read(path), model, head);
}

LoadedWeights load_weights(const SafetensorsFile& file, FlexUNet& model, HeadPolicy head) {
  const std::vector<NamedTensor> tensors = tensors_of(model);
  LoadedWeights loaded{file.metadata(), true};
  for (const auto& [name, tensor] : tensors) {
    if (head == HeadPolicy::kMayDiffer && is_head(name) && has_other_shape(file, name, tensor)) {
      loaded.head_loaded = false;
      continue;
    }
    load_tensor(file, name, tensor);
  }
  const auto count = static_cast<std::size_t>(
      std::count_if(file.tensors().begin(), file.tensors().end(),
                    [](const auto& entry) { return !is_of_optimizer(entry.first); }));
  if (count != tensors.size()) {
    refuse(file,
           fmt::format("it holds {} tensors, the config's network has {}", count, tensors.size()));
  }
  const std::string difference = difference_in_options(loaded, model->network());
  if (!difference.empty()) refuse(file, difference);
  return loaded;
}

void load_tensors(const SafetensorsFile& file, const NamedTensors& tensors) {
  for (const auto& [name, tensor] : tensors) load_tensor(file, name, tensor);
}

}  // namespace flexunet
