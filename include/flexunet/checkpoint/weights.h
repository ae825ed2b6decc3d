#pragma once

#include <filesystem>

#include "flexunet/checkpoint/safetensors.h"
#include "flexunet/checkpoint/tensor_copy.h"
#include "flexunet/model/flexunet.h"

namespace flexunet {

/// The names of an optimiser's tensors begin so; whoever wants a network alone passes over them.
inline constexpr const char* kOptimizerPrefix = "optimizer.";
bool is_of_optimizer(const std::string& name);

/// Writes all parameters and BatchNorm statistics of a network under their LibTorch names, in
/// PyTorch's layouts. `metadata` is added to the network's options. Throws OutputError.
void save_weights(const std::filesystem::path& path, FlexUNet& model, Metadata metadata);

/// What such a file consists of: the network's own tensors, and the entries that describe it.
NamedTensors weights_of(FlexUNet& model);
Metadata describe_weights(const FlexUNet& model);

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
LoadedWeights load_weights(const SafetensorsFile& file, FlexUNet& model,
                           HeadPolicy head = HeadPolicy::kMustFit);

/// Overwrites tensors with those of a file. Throws CheckpointError: one is missing, or of another
/// type or shape.
void load_tensors(const SafetensorsFile& file, const NamedTensors& tensors);

}  // namespace flexunet
