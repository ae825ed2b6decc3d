#pragma once

#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "flexunet/options/options.h"

namespace flexunet {

/// A mask whose values take more than 8 bits, (H,W) CV_16UC(C) or CV_64FC(C) with C 1 or 3, as
/// (H,W) CV_8UC(C or 3), by the rules of load_mask. Throws DataError that starts with `where` and
/// names the values found.
cv::Mat deep_mask_colors(const cv::Mat& values, const std::vector<RgbMapEntry>& rgb_map,
                         const std::string& where);

}  // namespace flexunet
