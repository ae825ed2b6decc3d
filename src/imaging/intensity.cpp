#include "imaging/intensity.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <opencv2/core.hpp>
#include <stdexcept>

namespace flexunet {
namespace {

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
  constexpr int kWhite = 255;
  int value = 0;
  for (std::uint8_t& byte : bytes) {
    const int above = std::clamp(value++ - range.low, 0, width);
    byte = static_cast<std::uint8_t>((2 * kWhite * above + width) / (2 * width));
  }
  return bytes;
}

}  // namespace

cv::Mat scale_to_bytes(const cv::Mat& values, const std::optional<IntensityRange>& range) {
  if (values.depth() != CV_16U || values.empty()) {
    throw std::invalid_argument("not values of 16 bits");
  }
  const auto byte_of = byte_table(range ? *range : range_of(values));
  cv::Mat bytes(values.size(), CV_8UC(values.channels()));
  for (int y = 0; y < values.rows; ++y) {
    const auto* row = values.ptr<std::uint16_t>(y);
    std::transform(row, row + std::ptrdiff_t{values.cols} * values.channels(),
                   bytes.ptr<std::uint8_t>(y), [&](std::uint16_t value) { return byte_of[value]; });
  }
  return bytes;
}

}  // namespace flexunet
