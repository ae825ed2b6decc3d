#pragma once

#include <array>
#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "flexunet/base/files.h"

namespace flexunet {

/// Pictures above this many pixels are refused before memory is asked for. 2^29 is enough for a
/// slide of 20,000 x 15,000 pixels, and the most whose three bytes a pixel OpenCV can still count
/// in an int.
constexpr std::uint64_t kMaxPicturePixels = std::uint64_t{1} << 29;

/// The PNG file of a (H,W) CV_8UC3 picture in red, green, blue order, handed over piece by piece.
void encode_rgb_png(const cv::Mat& rgb, const Append& append);

/// The colours of a palette PNG, 1 to 256, and where in it each value of a picture stands.
struct PngPalette {
  std::vector<std::array<std::uint8_t, 3>> colors;
  std::vector<std::uint8_t> position_of_value;
};

/// The 8-bit palette PNG file of (H,W) CV_8UC1 values, each below the size of position_of_value,
/// handed over piece by piece.
void encode_palette_png(const cv::Mat& values, const PngPalette& palette, const Append& append);

}  // namespace flexunet
