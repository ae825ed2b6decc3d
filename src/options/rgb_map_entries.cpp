#include "flexunet/options/rgb_map_entries.h"

#include <fmt/format.h>

#include <map>

namespace flexunet {
namespace {

std::string spell(const std::array<std::uint8_t, 3>& color) {
  return fmt::format("({},{},{})", color[0], color[1], color[2]);
}

}  // namespace

std::vector<std::string> find_rgb_map_faults(const std::vector<RgbMapEntry>& entries) {
  std::vector<std::string> faults;
  std::map<std::string, int> class_of;
  std::map<int, std::string> color_of;
  const auto count = static_cast<int>(entries.size());
  for (const auto& [rgb, index] : entries) {
    const std::string color = spell(rgb);
    if (const auto [first, is_new] = class_of.try_emplace(color, index); !is_new) {
      faults.push_back(
          fmt::format("{} stands for class {} and for class {}: a colour may occur once", color,
                      first->second, index));
    }
    if (const auto [first, is_new] = color_of.try_emplace(index, color); !is_new) {
      faults.push_back(fmt::format("class {} is given to {} and to {}: an index may occur once",
                                   index, first->second, color));
    }
    if (index < 0 || index >= count) {
      faults.push_back(fmt::format("{}:{}: {} colours have the indices 0 to {}, each once", color,
                                   index, count, count - 1));
    }
  }
  return faults;
}

std::string rgb_map_text(const std::vector<RgbMapEntry>& entries) {
  std::string text;
  for (const auto& [color, index] : entries) {
    text += fmt::format("{}{}:{}", text.empty() ? "{" : ", ", spell(color), index);
  }
  return text + "}";
}

}  // namespace flexunet
