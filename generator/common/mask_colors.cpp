#include "generator/common/mask_colors.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace flexunet {
namespace {

std::uint32_t packed(const cv::Vec3b& rgb) {
  return std::uint32_t{rgb[0]} << 16U | std::uint32_t{rgb[1]} << 8U | rgb[2];
}

RgbColor unpacked(std::uint32_t color) {
  return {static_cast<std::uint8_t>(color >> 16U), static_cast<std::uint8_t>(color >> 8U & 0xFFU),
          static_cast<std::uint8_t>(color & 0xFFU)};
}

double distance_to_segment(const RgbColor& color, const RgbColor& a, const RgbColor& b) {
  double along = 0, length = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    along += (double(color[i]) - a[i]) * (double(b[i]) - a[i]);
    length += std::pow(double(b[i]) - a[i], 2);
  }
  const double t = length > 0 ? std::clamp(along / length, 0.0, 1.0) : 0.0;
  double squared = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    squared += std::pow(a[i] + t * (double(b[i]) - a[i]) - color[i], 2);
  }
  return std::sqrt(squared);
}

bool is_near(const RgbColor& color, const std::vector<RgbColor>& found) {
  constexpr double kNoise = 24.0;  // of 441, the way from black to white
  return std::any_of(found.begin(), found.end(), [&](const RgbColor& other) {
    return distance_to_segment(color, other, other) < kNoise;
  });
}

bool is_between(const RgbColor& color, const std::vector<RgbColor>& found) {
  constexpr double kRounding = 10.0;
  for (const RgbColor& a : found) {
    for (const RgbColor& b : found) {
      if (distance_to_segment(color, a, b) < kRounding) return true;
    }
  }
  return false;
}

bool covers_areas(const ColorCount& count) {
  constexpr std::int64_t kLeastSolidPixels = 4;
  constexpr double kLeastSolidShare = 0.2;
  return count.solid_pixels >= kLeastSolidPixels &&
         static_cast<double>(count.solid_pixels) >=
             kLeastSolidShare * static_cast<double>(count.pixels);
}

// Borders between classes may be classes of their own, but as a rule no more of them than classes
// that cover areas; smoothing makes many more.
bool looks_clean(const ColorCounts& counts) {
  constexpr std::size_t kMostColors = 256, kFewBlends = 2;
  if (counts.size() > kMostColors) return false;
  std::vector<RgbColor> areas;
  for (const auto& [color, count] : counts) {
    if (covers_areas(count)) areas.push_back(color);
  }
  std::size_t blends = 0;
  for (const auto& [color, count] : counts) {
    if (covers_areas(count)) continue;
    blends += is_near(color, areas) || is_between(color, areas) ? 1 : 0;
  }
  return blends <= std::max(kFewBlends, areas.size());
}

// Decides which colours of masks with blended ones are classes, the most frequent first.
class ClassColors {
 public:
  explicit ClassColors(const ColorCounts& total) : has_few_colors_(total.size() <= kFewColors) {
    for (const auto& [color, count] : total) all_pixels_ += count.pixels;
  }

  void consider(const RgbColor& color, const ColorCount& count) {
    if (found_.empty() || is_class(color, count)) found_.push_back(color);
  }
  const std::vector<RgbColor>& found() const { return found_; }

 private:
  bool is_class(const RgbColor& color, const ColorCount& count) const {
    constexpr double kSureSolidShare = 0.5, kFrequent = 0.001;
    const auto pixels = static_cast<double>(count.pixels);
    // Gray 1 may be a class beside gray 0, but not among the colours of a JPEG.
    if (has_few_colors_ && covers_areas(count)) return true;
    if (is_near(color, found_)) return false;
    if (!is_between(color, found_)) return covers_areas(count);
    return pixels >= kFrequent * static_cast<double>(all_pixels_) &&
           static_cast<double>(count.solid_pixels) >= kSureSolidShare * pixels;
  }

  static constexpr std::size_t kFewColors = 64;
  bool has_few_colors_;
  std::int64_t all_pixels_ = 0;
  std::vector<RgbColor> found_;
};

using ByPixels = std::vector<std::pair<std::int64_t, RgbColor>>;

// Most pixels first.
ByPixels by_pixels(const ColorCounts& counts) {
  ByPixels sorted;
  for (const auto& [color, count] : counts) sorted.emplace_back(-count.pixels, color);
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

}  // namespace

MaskColors count_colors(const cv::Mat& rgb) {
  std::unordered_map<std::uint32_t, ColorCount> counts;
  std::uint32_t last = packed(rgb.at<cv::Vec3b>(0, 0));
  ColorCount* count = &counts[last];
  for (int y = 0; y < rgb.rows; ++y) {
    const auto* row = rgb.ptr<cv::Vec3b>(y);
    const auto* below = y + 1 < rgb.rows ? rgb.ptr<cv::Vec3b>(y + 1) : nullptr;
    for (int x = 0; x < rgb.cols; ++x) {
      const std::uint32_t color = packed(row[x]);
      if (color != last) {
        count = &counts[color];
        last = color;
      }
      if (count->pixels++ == 0) count->first = {x, y};
      if (below == nullptr || x + 1 == rgb.cols) continue;
      const bool is_solid =
          packed(row[x + 1]) == color && packed(below[x]) == color && packed(below[x + 1]) == color;
      count->solid_pixels += is_solid ? 1 : 0;
    }
  }
  MaskColors mask;
  for (const auto& [color, found] : counts) mask.counts[unpacked(color)] = found;
  mask.is_clean = looks_clean(mask.counts);
  for (auto& [color, entry] : mask.counts) {
    entry.masks = 1;
    entry.clean_masks = mask.is_clean ? 1 : 0;
  }
  return mask;
}

void limit_colors(MaskColors& mask) {
  constexpr std::size_t kMostColors = 64;
  if (mask.is_clean || mask.counts.size() <= kMostColors) return;
  const ByPixels sorted = by_pixels(mask.counts);
  for (std::size_t i = kMostColors; i < sorted.size(); ++i) {
    mask.dropped_pixels -= sorted[i].first;
    ++mask.dropped_colors;
    mask.counts.erase(sorted[i].second);
  }
}

void ColorTotals::add(const MaskColors& mask) {
  ++masks;
  clean_masks += mask.is_clean ? 1 : 0;
  for (const auto& [color, count] : mask.counts) {
    ColorCount& sum = counts[color];
    if (sum.masks == 0) sum.first = count.first;
    sum.pixels += count.pixels;
    sum.solid_pixels += count.solid_pixels;
    sum.masks += count.masks;
    sum.clean_masks += count.clean_masks;
  }
}

std::vector<RgbColor> class_colors(const ColorTotals& total) {
  constexpr std::size_t kMostClasses = 256;
  constexpr std::int64_t kOfTen = 9;
  std::vector<RgbColor> clean;
  ClassColors classes(total.counts);
  for (const auto& [pixels, color] : by_pixels(total.counts)) {
    if (total.counts.at(color).clean_masks > 0) clean.push_back(color);
    if (classes.found().size() < kMostClasses) classes.consider(color, total.counts.at(color));
  }
  const bool is_clean = 10 * total.clean_masks >= kOfTen * total.masks;
  return is_clean && clean.size() <= kMostClasses ? clean : classes.found();
}

const RgbMapEntry& nearest_entry(const std::vector<RgbMapEntry>& rgb_map, const RgbColor& color) {
  const auto distance = [&](const RgbMapEntry& entry) {
    int sum = 0;
    for (std::size_t i = 0; i < color.size(); ++i) {
      const int difference = int{color[i]} - int{entry.color[i]};
      sum += difference * difference;
    }
    return sum;
  };
  return *std::min_element(
      rgb_map.begin(), rgb_map.end(),
      [&](const RgbMapEntry& a, const RgbMapEntry& b) { return distance(a) < distance(b); });
}

std::string color_text(const RgbColor& color) {
  return fmt::format("({},{},{})", color[0], color[1], color[2]);
}

}  // namespace flexunet
