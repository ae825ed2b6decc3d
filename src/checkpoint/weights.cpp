#include "flexunet/checkpoint/weights.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

#include "flexunet/base/error.h"

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

}  // namespace

void save_weights(const std::filesystem::path& path, FlexUNet& model, Metadata metadata) {
  std::vector<torch::Tensor> copies;  // keep the bytes alive that the views point to
  StoredTensors stored;
  for (const auto& [name, tensor] : tensors_of(model)) {
    copies.push_back(tensor.detach().cpu().contiguous());
    const torch::Tensor& copy = copies.back();
    stored[name] = {"F32", copy.sizes().vec(),
                    std::string_view(static_cast<const char*>(copy.data_ptr()), copy.nbytes())};
  }
  metadata["format"] = "pt";
  metadata["network"] = describe_network(model->network()).dump();
  write_safetensors(path, stored, std::move(metadata));
}

LoadedWeights load_weights(const std::filesystem::path& path, FlexUNet& model, HeadPolicy head) {
  const torch::NoGradGuard no_grad;
  const SafetensorsFile file = SafetensorsFile::read(path);
  const std::vector<NamedTensor> tensors = tensors_of(model);
  LoadedWeights loaded{file.metadata(), true};
  const auto refuse = [&](const std::string& difference) {
    throw CheckpointError(fmt::format(
        "{}: made for another network: {}. Use the config that it was trained with, or train anew",
        path.string(), difference));
  };
  for (const auto& [name, tensor] : tensors) {
    const auto entry = file.tensors().find(name);
    if (entry == file.tensors().end()) refuse("it has no " + name);
    const StoredTensor& stored = entry->second;
    if (stored.dtype != "F32") refuse(fmt::format("{} is {}, not F32", name, stored.dtype));
    if (stored.shape != tensor.sizes().vec()) {
      if (head == HeadPolicy::kMayDiffer && is_head(name)) {
        loaded.head_loaded = false;
        continue;
      }
      refuse(fmt::format("{} is {} in the file and {} in the config", name, describe(stored.shape),
                         describe(tensor.sizes().vec())));
    }
    torch::Tensor values = torch::empty(stored.shape, torch::kFloat32);
    std::memcpy(values.data_ptr(), stored.data.data(), stored.data.size());
    torch::Tensor target = tensor;
    target.copy_(values);
  }
  if (file.tensors().size() != tensors.size()) {
    refuse(fmt::format("it holds {} tensors, the config's network has {}", file.tensors().size(),
                       tensors.size()));
  }
  const std::string difference = difference_in_options(loaded, model->network());
  if (!difference.empty()) refuse(difference);
  return loaded;
}

}  // namespace flexunet
