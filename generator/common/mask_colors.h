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
  std::int64_t masks = 0;        ///< in which it occurs
  std::int64_t clean_masks = 0;  ///< of these, clean ones
  cv::Point first;  ///< the first of its pixels, row by row, in the mask that came first
};
using ColorCounts = std::map<RgbColor, ColorCount>;

/// The colours of a mask.
struct MaskColors {
  ColorCounts counts;
  /// It was stored without loss and drawn without smoothing: at most 256 colours, and of those
  /// that lie along edges alone, near to or between colours that cover areas, no more than there
  /// are colours that cover areas, or two.
  bool is_clean = false;
  std::int64_t dropped_pixels = 0;  ///< of colours that limit_colors took out
  std::size_t dropped_colors = 0;
};

/// All colours of a mask (H,W) CV_8UC3, at least one pixel.
MaskColors count_colors(const cv::Mat& rgb);

/// Leaves of a mask that is not clean the colours with most pixels: thousands would fill the
/// memory.
void limit_colors(MaskColors& mask);

/// The colours of many masks.
struct ColorTotals {
  ColorCounts counts;
  std::int64_t masks = 0;
  std::int64_t clean_masks = 0;

  void add(const MaskColors& mask);
};

/// The colours that stand for classes, most pixels first. Where nine of ten masks are clean these
/// are all colours of the clean ones, however rare or thin; else colours that form areas and are
/// neither near to nor a mixture of more frequent ones.
std::vector<RgbColor> class_colors(const ColorTotals& total);

/// The entry of a map, which is not empty, that a colour is decoded to: the least squared distance,
/// the first wins a tie, as in RgbMap.
const RgbMapEntry& nearest_entry(const std::vector<RgbMapEntry>& rgb_map, const RgbColor& color);

/// "(128,40,40)".
std::string color_text(const RgbColor& color);

}  // namespace flexunet
