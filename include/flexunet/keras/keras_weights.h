#pragma once

#include <filesystem>

#include "flexunet/checkpoint/weights.h"
#include "flexunet/model/flexunet.h"

namespace flexunet {

/// Fills a network from a Keras 2 file, layer by layer in Keras's order. Returns whether the head
/// came from the file (always with HeadPolicy::kMustFit). Throws CheckpointError: file unreadable,
/// or made for another network (the first layer that differs, and both shapes in Keras's layout),
/// or a network with "group" or "instance" normalization, which the original has not; the network
/// is then as it was.
bool load_keras_weights(const std::filesystem::path& path, FlexUNet& model,
                        HeadPolicy head = HeadPolicy::kMustFit);

/// Writes a network as a weights file that Keras's load_weights accepts. Throws OutputError, and
/// CheckpointError for "group" and "instance" normalization.
void save_keras_weights(const std::filesystem::path& path, FlexUNet& model);

/// Fills a network from a native checkpoint (.safetensors) or a Keras file (.h5), as the ending
/// says. A Keras file has no metadata. Throws as load_keras_weights.
LoadedWeights load_any_weights(const std::filesystem::path& path, FlexUNet& model,
                               HeadPolicy head = HeadPolicy::kMustFit);

}  // namespace flexunet
