#include "imaging/intensity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <opencv2/core.hpp>
#include <stdexcept>

#include "flexunet/base/error.h"

namespace flexunet {
namespace {

constexpr int kWhite = 255;
constexpr std::size_t kValues = std::size_t{1} << 16;

IntensityRange range_of(const cv::Mat& values) {
  double low = 0;
  double high = 0;
  cv::minMaxIdx(values.reshape(1), &low, &high);
  return {static_cast<int>(low), static_cast<int>(high)};
}

// The byte of every value there is.
std::array<std::uint8_t, kValues> byte_table(const IntensityRange& range) {
  std::array<std::uint8_t, kValues> bytes{};
  const int width = range.high - range.low;
  if (width == 0) return bytes;
  int value = 0;
  for (std::uint8_t& byte : bytes) {
    const int above = std::clamp(value++ - range.low, 0, width);
    byte = static_cast<std::uint8_t>((2 * kWhite * above + width) / (2 * width));
  }
  return bytes;
}

cv::Mat bytes_of_16_bits(const cv::Mat& values, const std::optional<IntensityRange>& range) {
  const auto byte_of = byte_table(range ? *range : range_of(values));
  cv::Mat bytes(values.size(), CV_8UC(values.channels()));
  for (int y = 0; y < values.rows; ++y) {
    const auto* row = values.ptr<std::uint16_t>(y);
    std::transform(row, row + std::ptrdiff_t{values.cols} * values.channels(),
                   bytes.ptr<std::uint8_t>(y), [&](std::uint16_t value) { return byte_of[value]; });
  }
  return bytes;
}

cv::Mat bytes_of_doubles(const cv::Mat& values, const std::optional<IntensityRange>& range,
                         const std::string& where) {
  double low = 0, high = 0;
  if (!cv::checkRange(values)) {
    throw DataError(where + ": holds a value that is not finite (NaN or infinite): replace it");
  }
  cv::minMaxIdx(values.reshape(1), &low, &high);
  if (range) {
    low = range->low;
    high = range->high;
  }
  const double width = high - low;
  cv::Mat bytes = cv::Mat::zeros(values.size(), CV_8UC(values.channels()));
  if (!(width > 0)) return bytes;
  if (!std::isfinite(width)) {
    throw DataError(where + ": its values lie too far apart to be brought to 0..255");
  }
  for (int y = 0; y < values.rows; ++y) {
    const auto* row = values.ptr<double>(y);
    std::transform(row, row + std::ptrdiff_t{values.cols} * values.channels(),
                   bytes.ptr<std::uint8_t>(y), [&](double value) {
                     const double share = std::clamp(value - low, 0.0, width) / width;
                     return static_cast<std::uint8_t>(std::floor(kWhite * share + 0.5));
                   });
  }
  return bytes;
}

}  // namespace

cv::Mat scale_to_bytes(const cv::Mat& values, const std::optional<IntensityRange>& range,
                       const std::string& where) {
  const bool is_known = values.depth() == CV_16U || values.depth() == CV_64F;
  if (!is_known || values.empty()) {
    throw std::invalid_argument("not values of more than 8 bits");
  }
  return values.depth() == CV_16U ? bytes_of_16_bits(values, range)
                                  : bytes_of_doubles(values, range, where);
}

}  // namespace flexunet
