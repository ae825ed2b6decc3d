#pragma once

#include <string>
#include <vector>

#include "flexunet/options/options.h"

namespace flexunet {

/// What is wrong with an rgb_map: a colour that occurs twice, an index that does or that is not
/// among 0..n-1.
std::vector<std::string> find_rgb_map_faults(const std::vector<RgbMapEntry>& entries);

/// "{(0,0,0):0, (0,255,0):1}".
std::string rgb_map_text(const std::vector<RgbMapEntry>& entries);

}  // namespace flexunet
