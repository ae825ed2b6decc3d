#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "flexunet/imaging/rgb_map.h"

namespace flexunet {

/// Pixels of one colour in a mask.
struct ColorCount {
  std::int64_t pixels = 0;
  /// Pixels whose neighbours to the right, below and between have the same colour: a class covers
  /// areas, while colours that interpolation or JPEG makes lie along edges.
  std::int64_t solid_pixels = 0;
  std::int64_t masks = 0;  ///< in which it occurs
  cv::Point first;         ///< the first of its pixels, row by row, in the mask that came first
};
using ColorCounts = std::map<RgbColor, ColorCount>;

/// All colours of a mask (H,W) CV_8UC3, at least one pixel.
ColorCounts count_colors(const cv::Mat& rgb);

/// Adds those of another mask.
void add_colors(ColorCounts& total, const ColorCounts& more);

/// Leaves the colours with most pixels; masks with thousands of colours would fill the memory.
void keep_most_frequent(ColorCounts& counts, std::size_t limit);

/// The colours that stand for classes among those of all masks, most pixels first: colours that
/// form areas and are neither near to nor a mixture of more frequent ones.
std::vector<RgbColor> class_colors(const ColorCounts& total);

/// The entry of a map, which is not empty, that a colour is decoded to: the least squared distance,
/// the first wins a tie, as in RgbMap.
const RgbMapEntry& nearest_entry(const std::vector<RgbMapEntry>& rgb_map, const RgbColor& color);

/// "(128,40,40)".
std::string color_text(const RgbColor& color);

}  // namespace flexunet
