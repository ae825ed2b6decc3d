#pragma once

#include <array>
#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace flexunet {

/// Pictures above this many pixels are refused before memory is asked for.
constexpr std::uint64_t kMaxPicturePixels = std::uint64_t{1} << 28;

/// The RGB rendering, (H,W) CV_8UC3, of any PNG; alpha is dropped, 16 bits are cut to 8.
/// Throws DataError that starts with `where`: damaged, truncated or too large.
cv::Mat decode_png(std::string_view bytes, const std::string& where);

/// The PNG file of a (H,W) CV_8UC3 picture in red, green, blue order.
std::string encode_rgb_png(const cv::Mat& rgb);

/// The 8-bit palette PNG file of (H,W) CV_8UC1 positions in a palette of 1..256 colours.
std::string encode_palette_png(const cv::Mat& positions,
                               const std::vector<std::array<std::uint8_t, 3>>& palette);

}  // namespace flexunet
