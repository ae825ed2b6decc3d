#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <vector>

#include "flexunet/options/options.h"

namespace flexunet {

/// Red, green, blue.
using RgbColor = std::array<std::uint8_t, 3>;

/// The codec between colour masks (H,W) CV_8UC3 RGB and class masks (H,W) CV_8UC1.
class RgbMap {
 public:
  /// As far as JPEG and its like move a colour: of 441, the way from black to white.
  static constexpr int kPaletteNoise = 24;

  /// Entries in the order of the config; class indices must be a permutation of 0..n-1, n <= 256.
  /// Throws ConfigError.
  explicit RgbMap(std::vector<RgbMapEntry> entries);

  int num_classes() const { return static_cast<int>(entries_.size()); }
  const std::vector<RgbMapEntry>& entries() const { return entries_; }

  struct Decoded {
    cv::Mat class_mask;                   ///< (H,W) CV_8UC1, indices
    std::int64_t off_palette_pixels = 0;  ///< pixels whose colour is not in the map
    std::int64_t stray_pixels = 0;        ///< of these, farther than kPaletteNoise from the map
  };
  /// Each pixel's class by nearest colour: the least squared RGB distance, the first entry wins a
  /// tie (docs/behaviour.md, "Images and masks").
  Decoded decode(const cv::Mat& rgb) const;

  /// Class mask to colours. Indices must be below num_classes().
  cv::Mat encode(const cv::Mat& class_mask) const;

  /// The position in rgb_map's order of each class: a palette PNG stores positions.
  std::uint8_t palette_position(int class_index) const;

 private:
  std::vector<RgbMapEntry> entries_;
  std::vector<std::uint8_t> position_of_class_;
};

/// Writes a class mask as 8-bit palette PNG, palette in rgb_map order. Throws OutputError.
void write_palette_png(const std::filesystem::path& path, const cv::Mat& class_mask,
                       const RgbMap& rgb_map);

}  // namespace flexunet
