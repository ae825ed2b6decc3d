#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "flexunet/model/flexunet.h"
#include "flexunet/options/options.h"

namespace flexunet {

/// A folder of numbers recorded from the original (golden.json, golden.pt).
struct Golden {
  std::string name;
  nlohmann::json record;
  std::map<std::string, torch::Tensor> tensors;
  NetworkOptions network;
  LossOptions loss;
  OptimizerOptions optimizer;

  /// Image samples first..last-1 as (N,C,H,W) uint8, and their class masks (N,H,W) int64.
  torch::Tensor images(std::int64_t first, std::int64_t last) const;
  torch::Tensor class_masks(std::int64_t first, std::int64_t last) const;
};

/// The golden folder `name`; throws when a file is missing or of another form.
Golden read_golden(const std::filesystem::path& folder);

/// The tensors of a network in the order in which Keras lists its weights; `gradient` gives the
/// gradients instead (undefined for BatchNorm's statistics).
std::vector<torch::Tensor> tensors_in_keras_order(FlexUNet& model, bool gradient = false);

/// A Keras weight (kh,kw,in,out), (kh,kw,out,in) or (n) in PyTorch's layout.
torch::Tensor from_keras_layout(const torch::Tensor& weight);

/// Fills the network with the golden weights `prefix`_NNN.
void load_golden_weights(FlexUNet& model, const Golden& golden, const std::string& prefix);

/// The name of golden tensor `index`: prefix_007.
std::string golden_tensor_name(const std::string& prefix, std::size_t index);

}  // namespace flexunet
