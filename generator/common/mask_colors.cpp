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

// Decides which colours are classes, the most frequent first.
class ClassColors {
 public:
  explicit ClassColors(const ColorCounts& total) : is_clean_(total.size() <= kCleanColors) {
    for (const auto& [color, count] : total) all_pixels_ += count.pixels;
  }

  void consider(const RgbColor& color, const ColorCount& count) {
    if (found_.empty() || is_class(color, count)) found_.push_back(color);
  }
  const std::vector<RgbColor>& found() const { return found_; }

 private:
  bool is_class(const RgbColor& color, const ColorCount& count) const {
    constexpr std::int64_t kLeastSolidPixels = 4;
    constexpr double kLeastSolidShare = 0.2, kSureSolidShare = 0.5, kFrequent = 0.001;
    const auto pixels = static_cast<double>(count.pixels);
    const double solid_share = static_cast<double>(count.solid_pixels) / pixels;
    const bool covers_areas =
        count.solid_pixels >= kLeastSolidPixels && solid_share >= kLeastSolidShare;
    const bool is_frequent = pixels >= kFrequent * static_cast<double>(all_pixels_);
    // Gray 1 may be a class beside gray 0, but not among the colours of a JPEG.
    if (is_clean_ && covers_areas) return true;
    if (is_near(color, found_)) return false;
    if (!is_between(color, found_)) return covers_areas || (is_clean_ && is_frequent);
    return is_frequent && solid_share >= kSureSolidShare;
  }

  static constexpr std::size_t kCleanColors = 64;  // masks that were stored without loss
  bool is_clean_;
  std::int64_t all_pixels_ = 0;
  std::vector<RgbColor> found_;
};

}  // namespace

ColorCounts count_colors(const cv::Mat& rgb) {
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
  ColorCounts sorted;
  for (const auto& [color, found] : counts) {
    ColorCount& entry = sorted[unpacked(color)];
    entry = found;
    entry.masks = 1;
  }
  return sorted;
}

void add_colors(ColorCounts& total, const ColorCounts& more) {
  for (const auto& [color, count] : more) {
    ColorCount& sum = total[color];
    if (sum.masks == 0) sum.first = count.first;
    sum.pixels += count.pixels;
    sum.solid_pixels += count.solid_pixels;
    sum.masks += count.masks;
  }
}

void keep_most_frequent(ColorCounts& counts, std::size_t limit) {
  if (counts.size() <= limit) return;
  std::vector<std::pair<std::int64_t, RgbColor>> by_pixels;
  for (const auto& [color, count] : counts) by_pixels.emplace_back(-count.pixels, color);
  std::sort(by_pixels.begin(), by_pixels.end());
  for (std::size_t i = limit; i < by_pixels.size(); ++i) counts.erase(by_pixels[i].second);
}

std::vector<RgbColor> class_colors(const ColorCounts& total) {
  constexpr std::size_t kMostClasses = 256;
  std::vector<std::pair<std::int64_t, RgbColor>> by_pixels;
  for (const auto& [color, count] : total) by_pixels.emplace_back(-count.pixels, color);
  std::sort(by_pixels.begin(), by_pixels.end());
  ClassColors classes(total);
  for (const auto& [pixels, color] : by_pixels) {
    if (classes.found().size() == kMostClasses) break;
    classes.consider(color, total.at(color));
  }
  return classes.found();
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
