#include <fmt/format.h>

#include <array>
#include <map>
#include <optional>

#include "config/choice.h"
#include "config/convert.h"

namespace flexunet {
namespace {

std::string spell_color(const std::vector<Value>& channels) {
  return fmt::format("({},{},{})", channels[0].integer, channels[1].integer, channels[2].integer);
}

// Colours, then indices; all that the map itself can have wrong.
std::vector<std::string> find_map_faults(const std::vector<Value>& items) {
  std::vector<std::string> faults;
  std::map<std::string, std::int64_t> class_of;
  std::map<std::int64_t, std::string> color_of;
  const auto count = static_cast<std::int64_t>(items.size() / 2);
  for (std::size_t i = 0; i < items.size(); i += 2) {
    const std::string color = spell_color(items[i].items);
    const std::int64_t index = items[i + 1].integer;
    for (const Value& channel : items[i].items) {
      if (channel.integer >= 0 && channel.integer <= 255) continue;
      faults.push_back(fmt::format("{}: a colour has three numbers from 0 to 255", color));
      break;
    }
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

std::vector<RgbMapEntry> read_rgb_map(Settings& settings) {
  if (!settings.is_sound("mask", "rgb_map")) return {};
  const auto& items = settings.value("mask", "rgb_map").items;
  for (const std::string& fault : find_map_faults(items)) {
    settings.reject("mask", "rgb_map", fault);
  }
  const int num_classes = settings.integer("model", "num_classes");
  const std::size_t size = items.size() / 2;
  if (num_classes > 0 && size != static_cast<std::size_t>(num_classes)) {
    settings.reject("mask", "rgb_map",
                    fmt::format("has {} colours but [model] num_classes is {}: give each class, "
                                "the background too, one colour",
                                size, num_classes));
  }
  std::vector<RgbMapEntry> map;
  for (std::size_t i = 0; i < items.size(); i += 2) {
    const auto channel = [&](std::size_t c) {
      return static_cast<std::uint8_t>(items[i].items[c].integer & 0xFF);
    };
    map.push_back({{channel(0), channel(1), channel(2)}, static_cast<int>(items[i + 1].integer)});
  }
  return map;
}

void expect_text(Settings& settings, std::string_view section, std::string_view key,
                 std::string_view wanted) {
  if (settings.is_sound(section, key) && settings.text(section, key) != wanted) {
    settings.reject(section, key, fmt::format("must be \"{}\"", wanted));
  }
}

void check_mask_file_format(Settings& settings, const std::string& format) {
  constexpr std::array<std::string_view, 7> kFormats = {".png", ".npz",  ".jpg", ".jpeg",
                                                        ".tif", ".tiff", ".bmp"};
  for (const std::string_view known : kFormats) {
    if (format == known) return;
  }
  if (!settings.is_sound("mask", "mask_file_format")) return;
  settings.reject("mask", "mask_file_format",
                  fmt::format("must be one of \"{}\"", fmt::join(kFormats, "\", \"")));
}

void check_channels(Settings& settings, bool is_npy) {
  if (!settings.is_sound("model", "image_channels")) return;
  const int channels = settings.integer("model", "image_channels");
  if (channels == 2) settings.reject("model", "image_channels", "must be 1, 3 or 4");
  if ((channels == 1 || channels == 4) && !is_npy) {
    settings.reject("model", "image_channels",
                    fmt::format("must be 3: {} need [image] file_format = \"NPY\"",
                                channels == 1 ? "images of 1 channel" : "4 channels"));
  }
}

std::optional<IntensityRange> read_intensity_range(Settings& settings) {
  if (!settings.is_sound("image", "intensity_range")) return std::nullopt;
  const auto& items = settings.value("image", "intensity_range").items;
  const IntensityRange range{static_cast<int>(items[0].integer),
                             static_cast<int>(items[1].integer)};
  if (range.low >= range.high) {
    settings.reject("image", "intensity_range",
                    "must be the values that become black and white, the lower one first, such as "
                    "(0,4095)");
    return std::nullopt;
  }
  return range;
}

}  // namespace

DataOptions read_data(Settings& settings) {
  DataOptions data;
  expect_text(settings, "dataset", "class_name", "ImageCategorizedMaskDataset");
  expect_text(settings, "image", "color_order", "RGB");
  expect_text(settings, "mask", "mask_datatype", "categorized");
  const std::string& file_format = settings.text("image", "file_format");
  const bool is_npy = file_format == kNpyFormat;
  if (settings.is_sound("image", "file_format") && !is_npy) {
    settings.reject("image", "file_format",
                    "must be \"NPY\" for .npy arrays; leave the key out for pictures");
  }
  check_channels(settings, is_npy);
  data.intensity_range = read_intensity_range(settings);
  data.image_format = is_npy ? ImageFileFormat::kNpy : ImageFileFormat::kPicture;
  data.mask_file_format = settings.text("mask", "mask_file_format");
  check_mask_file_format(settings, data.mask_file_format);
  data.rgb_map = read_rgb_map(settings);
  data.cache = read_choice(settings, "dataset", "cache", kDatasetCacheNames);
  return data;
}

}  // namespace flexunet
