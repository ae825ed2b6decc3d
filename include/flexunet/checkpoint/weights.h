#pragma once

#include <torch/torch.h>

#include <filesystem>

#include "flexunet/checkpoint/safetensors.h"
#include "flexunet/model/flexunet.h"

namespace flexunet {

/// Writes all parameters and BatchNorm statistics of a network under their LibTorch names, in
/// PyTorch's layouts. `metadata` is added to the network's options. Throws OutputError.
void save_weights(const std::filesystem::path& path, FlexUNet& model, Metadata metadata);

/// Fills a network from a file. Returns the file's metadata. Throws CheckpointError: file
/// unreadable, or made for another network (the first tensor that differs, and both shapes).
Metadata load_weights(const std::filesystem::path& path, FlexUNet& model);

}  // namespace flexunet
