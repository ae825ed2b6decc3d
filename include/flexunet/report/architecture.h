#pragma once

#include <filesystem>
#include <string>

#include "flexunet/options/network_layers.h"

namespace flexunet {

/// What a layer is, for people: "Conv 11x11, dilation 1, relu".
std::string describe_layer(const NetworkLayer& layer, const NetworkOptions& network);

/// The layers that do something, with shapes and parameters, and the total, as text for
/// summary.txt.
std::string summary_text(const NetworkOptions& network);

/// Draws the U with shapes and filters of every level, legible for 8 levels. Throws OutputError.
void write_architecture_png(const std::filesystem::path& path, const NetworkOptions& network);

}  // namespace flexunet
