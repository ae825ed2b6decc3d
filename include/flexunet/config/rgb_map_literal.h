#pragma once

#include <string>
#include <vector>

#include "flexunet/literal/literal.h"
#include "flexunet/options/options.h"

namespace flexunet {

/// Whether a literal has the form {(red, green, blue): class index, ...}.
bool is_rgb_map(const Value& value);

/// Reads a literal of that form into entries; returns what is wrong with it: colours that are none
/// or occur twice, indices that are not 0..n-1, each once.
std::vector<std::string> read_rgb_map(const Value& value, std::vector<RgbMapEntry>& entries);

}  // namespace flexunet
