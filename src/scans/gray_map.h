#pragma once

#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>

namespace flexunet {

/// Values that become 0 and 255; `high` is above `low`, or equal where all values are.
struct GrayRange {
  double low = 0;
  double high = 0;
};

/// Values, (H,W) CV_64FC1, as (H,W) CV_8UC1 by the rule of ScanIntensity; without a range by their
/// own minimum and maximum. Throws DataError that starts with `where` for values that are not
/// finite.
cv::Mat map_to_bytes(const cv::Mat& values, const std::optional<GrayRange>& range,
                     const std::string& where);

/// The lowest and the highest of the values, (H,W) CV_64FC1, where `left_out`, (H,W) CV_8UC1, is 0;
/// both 0 where it is 0 nowhere.
GrayRange range_of(const cv::Mat& values, const cv::Mat& left_out);

/// Values, (H,W) CV_64FC1, as they are in (H,W) CV_8UC1, rounded where they are off by `tolerance`
/// at most. Throws DataError that starts with `where` and names the first value that is not whole
/// or not 0..255.
cv::Mat labels_to_bytes(const cv::Mat& values, const std::string& where, double tolerance = 0.0);

/// (H,W) CV_8UC1 as (H,W) CV_8UC3.
cv::Mat gray_to_rgb(const cv::Mat& gray);

}  // namespace flexunet
