#pragma once

#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>

#include "flexunet/options/options.h"

namespace flexunet {

/// Values of more than 8 bits, CV_16UC(C) or CV_64FC(C), as CV_8UC(C): low..high become 0..255
/// linearly, rounded to the nearest (halves up); what lies outside becomes 0 or 255. Without a
/// range it is the values' own minimum and maximum, over all pixels and channels; where all are
/// equal they become 0. Throws DataError that starts with `where` for values that are not finite.
cv::Mat scale_to_bytes(const cv::Mat& values, const std::optional<IntensityRange>& range,
                       const std::string& where);

}  // namespace flexunet
