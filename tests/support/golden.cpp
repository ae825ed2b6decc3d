#include "support/golden.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "flexunet/options/names.h"
#include "keras/keras_order.h"

namespace flexunet {
namespace {

torch::Tensor find_tensor(const FlexUNet& model, const std::string& name, bool gradient) {
  const auto parameters = model->named_parameters();
  if (const torch::Tensor* parameter = parameters.find(name)) {
    return gradient ? parameter->grad() : *parameter;
  }
  const auto buffers = model->named_buffers();
  const torch::Tensor* buffer = buffers.find(name);
  if (buffer == nullptr) throw std::runtime_error("no tensor " + name);
  return gradient ? torch::Tensor() : *buffer;
}

std::map<std::string, torch::Tensor> read_tensors(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::vector<char> bytes((std::istreambuf_iterator<char>(stream)),
                                std::istreambuf_iterator<char>());
  const c10::IValue value = torch::pickle_load(bytes);
  std::map<std::string, torch::Tensor> tensors;
  for (const auto& item : value.toGenericDict()) {
    tensors[item.key().toStringRef()] = item.value().toTensor();
  }
  return tensors;
}

template <typename Choice>
Choice choice_of(const std::string& name) {
  const std::optional<Choice> choice = find_choice<Choice>(name);
  if (!choice) {
    throw std::runtime_error(
        fmt::format("golden.json: {} is none of {}", name, list_names<Choice>()));
  }
  return *choice;
}

// The names of all our tensors in the order in which Keras lists its weights.
std::vector<std::string> tensor_names_in_keras_order(const NetworkOptions& network) {
  std::vector<std::string> names;
  for (const KerasSlot& slot : keras_slots(network)) {
    for (const KerasTensorName& tensor : keras_tensor_names(slot.kind)) {
      names.push_back(slot.module + "." + tensor.ours);
    }
  }
  return names;
}

NetworkOptions network_of(const nlohmann::json& options) {
  NetworkOptions network;
  network.image_width = options.at("image_width");
  network.image_height = options.at("image_height");
  network.image_channels = options.at("image_channels");
  network.input_normalize = options.at("input_normalize");
  if (options.at("normalization")) network.normalization = NormalizationKind::kBatch;
  network.num_classes = options.at("num_classes");
  network.base_filters = options.at("base_filters");
  network.base_kernel = options.at("base_kernels").at(0);
  network.num_layers = options.at("num_layers");
  network.dropout_rate = options.at("dropout_rate");
  network.dilation = options.at("dilation").at(0);
  network.activation = choice_of<Activation>(options.value("activation", "relu"));
  return network;
}

LossOptions loss_of(const nlohmann::json& options) {
  LossOptions loss;
  loss.loss = choice_of<LossKind>(options.value("loss", name_of(loss.loss)));
  if (options.contains("metrics")) {
    loss.metric = choice_of<MetricKind>(options["metrics"].at(0).get<std::string>());
  }
  return loss;
}

}  // namespace

torch::Tensor Golden::images(std::int64_t first, std::int64_t last) const {
  return tensors.at("images").slice(0, first, last).permute({0, 3, 1, 2});
}

torch::Tensor Golden::class_masks(std::int64_t first, std::int64_t last) const {
  return tensors.at("index_masks").slice(0, first, last).to(torch::kLong);
}

Golden read_golden(const std::filesystem::path& folder) {
  Golden golden;
  golden.name = folder.filename().string();
  std::ifstream json(folder / "golden.json");
  golden.record = nlohmann::json::parse(json);
  golden.tensors = read_tensors(folder / "golden.pt");
  const nlohmann::json& options = golden.record.at("options");
  golden.network = network_of(options);
  golden.loss = loss_of(options);
  golden.optimizer.learning_rate = options.at("learning_rate");
  golden.optimizer.clipvalue = options.at("clipvalue");
  return golden;
}

std::vector<torch::Tensor> tensors_in_keras_order(FlexUNet& model, bool gradient) {
  std::vector<torch::Tensor> tensors;
  for (const std::string& name : tensor_names_in_keras_order(model->network())) {
    tensors.push_back(find_tensor(model, name, gradient));
  }
  return tensors;
}

torch::Tensor from_keras_layout(const torch::Tensor& weight) {
  return weight.dim() == 4 ? weight.permute({3, 2, 0, 1}) : weight;
}

void load_golden_weights(FlexUNet& model, const Golden& golden, const std::string& prefix) {
  const torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> tensors = tensors_in_keras_order(model);
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    tensors[i].copy_(from_keras_layout(golden.tensors.at(golden_tensor_name(prefix, i))));
  }
}

std::string golden_tensor_name(const std::string& prefix, std::size_t index) {
  return fmt::format("{}_{:03d}", prefix, index);
}

}  // namespace flexunet
