#pragma once

#include <torch/torch.h>

#include <filesystem>

#include "flexunet/checkpoint/safetensors.h"
#include "flexunet/model/flexunet.h"

namespace flexunet {

/// Writes all parameters and BatchNorm statistics of a network under their LibTorch names, in
/// PyTorch's layouts. `metadata` is added to the network's options. Throws OutputError.
void save_weights(const std::filesystem::path& path, FlexUNet& model, Metadata metadata);

/// Whether a file may have a head for other classes; the network then keeps its own.
enum class HeadPolicy { kMustFit, kMayDiffer };

struct LoadedWeights {
  Metadata metadata;
  bool head_loaded = true;  ///< false only with HeadPolicy::kMayDiffer
};

/// Fills a network from a file. Throws CheckpointError: file unreadable, or made for another
/// network (the first tensor that differs, and both shapes).
LoadedWeights load_weights(const std::filesystem::path& path, FlexUNet& model,
                           HeadPolicy head = HeadPolicy::kMustFit);

}  // namespace flexunet
