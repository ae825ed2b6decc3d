#include "flexunet/config/rgb_map_literal.h"

#include <fmt/format.h>

#include <algorithm>

#include "flexunet/options/rgb_map_entries.h"

namespace flexunet {
namespace {

// Without wrapping round to an index that would be right.
int as_index(std::int64_t integer) {
  return static_cast<int>(std::clamp<std::int64_t>(integer, -1, 256));
}

}  // namespace

bool is_rgb_map(const Value& value) {
  const auto is_int = [](const Value& item) { return item.kind == ValueKind::kInt; };
  if (value.kind != ValueKind::kDict || value.items.empty()) return false;
  for (std::size_t i = 0; i < value.items.size(); i += 2) {
    const Value& color = value.items[i];
    if (color.kind != ValueKind::kTuple || color.items.size() != 3 || !is_int(value.items[i + 1]) ||
        !std::all_of(color.items.begin(), color.items.end(), is_int)) {
      return false;
    }
  }
  return true;
}

std::vector<std::string> read_rgb_map(const Value& value, std::vector<RgbMapEntry>& entries) {
  std::vector<std::string> faults;
  entries.clear();
  for (std::size_t i = 0; i < value.items.size(); i += 2) {
    const std::vector<Value>& channels = value.items[i].items;
    RgbMapEntry entry{{}, as_index(value.items[i + 1].integer)};
    bool is_color = true;
    for (std::size_t c = 0; c < 3; ++c) {
      is_color = is_color && channels[c].integer >= 0 && channels[c].integer <= 255;
      entry.color.at(c) = static_cast<std::uint8_t>(channels[c].integer & 0xFF);
    }
    if (!is_color) {
      faults.push_back(fmt::format("({},{},{}): a colour has three numbers from 0 to 255",
                                   channels[0].integer, channels[1].integer, channels[2].integer));
    }
    entries.push_back(entry);
  }
  return faults.empty() ? find_rgb_map_faults(entries) : faults;
}

}  // namespace flexunet
