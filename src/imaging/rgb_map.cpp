#include "flexunet/imaging/rgb_map.h"

#include <fmt/format.h>

#include <cstddef>
#include <opencv2/core.hpp>
#include <stdexcept>
#include <utility>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/findings.h"
#include "flexunet/imaging/png_codec.h"
#include "flexunet/options/rgb_map_entries.h"

namespace flexunet {
namespace {

using Color = std::array<std::uint8_t, 3>;

struct Nearest {
  std::uint8_t class_index;
  bool off_palette;
  bool stray;
};

Nearest find_nearest(const std::vector<RgbMapEntry>& entries, const Color& color) {
  int best_distance = INT32_MAX;
  const RgbMapEntry* best = nullptr;
  for (const RgbMapEntry& entry : entries) {
    int distance = 0;
    for (std::size_t i = 0; i < color.size(); ++i) {
      const int difference = int{color[i]} - int{entry.color[i]};
      distance += difference * difference;
    }
    if (distance < best_distance) {
      best_distance = distance;
      best = &entry;
    }
  }
  constexpr int kFar = RgbMap::kPaletteNoise * RgbMap::kPaletteNoise;
  return {static_cast<std::uint8_t>(best->class_index), best_distance > 0, best_distance > kFar};
}

// Masks hold few colours: each is looked up among the entries once, unless two share a slot.
class NearestCache {
 public:
  explicit NearestCache(const std::vector<RgbMapEntry>& entries)
      : entries_(entries), slots_(kSlots) {}

  Nearest operator()(std::uint32_t packed, const std::uint8_t* rgb) {
    Slot& slot = slots_[(packed * kMultiplier) >> kShift];
    if (slot.packed != packed) slot = {packed, find_nearest(entries_, {rgb[0], rgb[1], rgb[2]})};
    return slot.nearest;
  }

  static constexpr std::uint32_t kNoColor = UINT32_MAX;

 private:
  struct Slot {
    std::uint32_t packed = kNoColor;
    Nearest nearest{};
  };
  static constexpr std::size_t kSlots = 4096;
  static constexpr std::uint32_t kMultiplier = 2654435769U;  // 2^32 over the golden ratio
  static constexpr int kShift = 20;                          // leaves 12 bits: a slot
  const std::vector<RgbMapEntry>& entries_;
  std::vector<Slot> slots_;
};

}  // namespace

RgbMap::RgbMap(std::vector<RgbMapEntry> entries) : entries_(std::move(entries)) {
  constexpr std::size_t kMaxClasses = 256;
  if (entries_.empty() || entries_.size() > kMaxClasses) {
    throw ConfigError(
        fmt::format("rgb_map has {} entries: must be 1..{}", entries_.size(), kMaxClasses));
  }
  Findings findings;
  for (const std::string& fault : find_rgb_map_faults(entries_)) findings.add("rgb_map: " + fault);
  findings.throw_if_any<ConfigError>();
  position_of_class_.resize(entries_.size());
  for (std::size_t position = 0; position < entries_.size(); ++position) {
    const auto index = static_cast<std::size_t>(entries_[position].class_index);
    position_of_class_[index] = static_cast<std::uint8_t>(position);
  }
}

RgbMap::Decoded RgbMap::decode(const cv::Mat& rgb) const {
  if (rgb.type() != CV_8UC3) throw std::invalid_argument("not an RGB picture");
  NearestCache nearest_of(entries_);
  Decoded decoded{cv::Mat(rgb.size(), CV_8UC1)};
  std::uint32_t last = NearestCache::kNoColor;
  Nearest nearest{};
  for (int y = 0; y < rgb.rows; ++y) {
    const auto* source = rgb.ptr<std::uint8_t>(y);
    auto* target = decoded.class_mask.ptr<std::uint8_t>(y);
    for (int x = 0; x < rgb.cols; ++x, source += 3) {
      const std::uint32_t packed =
          std::uint32_t{source[0]} << 16 | std::uint32_t{source[1]} << 8 | source[2];
      if (packed != last) {
        nearest = nearest_of(packed, source);
        last = packed;
      }
      target[x] = nearest.class_index;
      decoded.off_palette_pixels += nearest.off_palette ? 1 : 0;
      decoded.stray_pixels += nearest.stray ? 1 : 0;
    }
  }
  return decoded;
}

cv::Mat RgbMap::encode(const cv::Mat& class_mask) const {
  if (class_mask.type() != CV_8UC1) throw std::invalid_argument("not a class mask");
  cv::Mat rgb(class_mask.size(), CV_8UC3);
  for (int y = 0; y < class_mask.rows; ++y) {
    const auto* source = class_mask.ptr<std::uint8_t>(y);
    auto* target = rgb.ptr<cv::Vec3b>(y);
    for (int x = 0; x < class_mask.cols; ++x) {
      const Color& color = entries_[palette_position(source[x])].color;
      target[x] = cv::Vec3b(color[0], color[1], color[2]);
    }
  }
  return rgb;
}

std::uint8_t RgbMap::palette_position(int class_index) const {
  return position_of_class_.at(static_cast<std::size_t>(class_index));
}

void write_palette_png(const std::filesystem::path& path, const cv::Mat& class_mask,
                       const RgbMap& rgb_map) {
  if (class_mask.type() != CV_8UC1) throw std::invalid_argument("not a class mask");
  PngPalette palette;
  for (const RgbMapEntry& entry : rgb_map.entries()) palette.colors.push_back(entry.color);
  for (int index = 0; index < rgb_map.num_classes(); ++index) {
    palette.position_of_value.push_back(rgb_map.palette_position(index));
  }
  write_file(path, [&](const Append& append) { encode_palette_png(class_mask, palette, append); });
}

}  // namespace flexunet
