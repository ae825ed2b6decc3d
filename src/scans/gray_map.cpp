#include "scans/gray_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <opencv2/imgproc.hpp>

#include "flexunet/base/error.h"

namespace flexunet {
namespace {

constexpr double kWhite = 255.0;

void require_finite(const cv::Mat& values, const std::string& where) {
  for (int y = 0; y < values.rows; ++y) {
    const auto* row = values.ptr<double>(y);
    const auto* const end = row + values.cols;
    if (std::all_of(row, end, [](double value) { return std::isfinite(value); })) continue;
    throw DataError(fmt::format(
        "{}: row {} holds a value that is not finite (NaN or infinite): replace it before", where,
        y));
  }
}

GrayRange range_of(const cv::Mat& values) {
  GrayRange range;
  cv::minMaxIdx(values, &range.low, &range.high);
  return range;
}

}  // namespace

GrayRange range_of(const cv::Mat& values, const cv::Mat& left_out) {
  GrayRange range;
  cv::minMaxIdx(values, &range.low, &range.high, nullptr, nullptr, left_out == 0);
  return range;
}

cv::Mat map_to_bytes(const cv::Mat& values, const std::optional<GrayRange>& range,
                     const std::string& where) {
  require_finite(values, where);
  const GrayRange chosen = range ? *range : range_of(values);
  const double width = chosen.high - chosen.low;
  cv::Mat bytes = cv::Mat::zeros(values.size(), CV_8UC1);
  if (!(width > 0.0)) return bytes;
  if (!std::isfinite(width)) {
    throw DataError(where + ": its values lie too far apart to be brought to 0..255");
  }
  for (int y = 0; y < values.rows; ++y) {
    const auto* row = values.ptr<double>(y);
    std::transform(row, row + values.cols, bytes.ptr<std::uint8_t>(y), [&](double value) {
      const double above = std::clamp(value - chosen.low, 0.0, width);
      // Divided last: whole values then meet their halves exactly, as in scale_to_bytes.
      const double scaled = width < 1e300 ? kWhite * above / width : above / width * kWhite;
      return static_cast<std::uint8_t>(std::floor(scaled + 0.5));
    });
  }
  return bytes;
}

cv::Mat labels_to_bytes(const cv::Mat& values, const std::string& where, double tolerance) {
  cv::Mat bytes(values.size(), CV_8UC1);
  for (int y = 0; y < values.rows; ++y) {
    const auto* row = values.ptr<double>(y);
    auto* target = bytes.ptr<std::uint8_t>(y);
    for (int x = 0; x < values.cols; ++x) {
      const double label = std::round(row[x]);
      // Written so that NaN is refused.
      const bool is_label =
          label >= 0.0 && label <= kWhite && std::abs(row[x] - label) <= tolerance;
      if (!is_label) {
        throw DataError(
            fmt::format("{}: value {} at x {}, y {} is no label: a mask holds whole numbers 0..255",
                        where, row[x], x, y));
      }
      target[x] = static_cast<std::uint8_t>(label);
    }
  }
  return bytes;
}

cv::Mat gray_to_rgb(const cv::Mat& gray) {
  cv::Mat rgb;
  cv::cvtColor(gray, rgb, cv::COLOR_GRAY2RGB);
  return rgb;
}

}  // namespace flexunet
