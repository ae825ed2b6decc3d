#include "generator/common/dataset_source.h"

#include <fmt/format.h>

#include <system_error>

#include "flexunet/base/error.h"
#include "flexunet/config/config.h"
#include "flexunet/imaging/rgb_map.h"
#include "flexunet/literal/literal.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void refuse_map(const std::string& text, const std::string& problem) {
  throw ConfigError(
      fmt::format("--rgb-map {}: {}: must be such as {{(0,0,0):0, (128,40,40):1}}", text, problem));
}

bool is_color(const Value& value) {
  if (value.kind != ValueKind::kTuple || value.items.size() != 3) return false;
  for (const Value& channel : value.items) {
    if (channel.kind != ValueKind::kInt || channel.integer < 0 || channel.integer > 255) {
      return false;
    }
  }
  return true;
}

std::vector<RgbMapEntry> parse_rgb_map(const std::string& text) {
  const Literal literal = parse_literal(text);
  if (literal.problem) refuse_map(text, literal.problem->message);
  if (literal.value.kind != ValueKind::kDict) refuse_map(text, "no dictionary");
  const std::vector<Value>& items = literal.value.items;
  std::vector<RgbMapEntry> map;
  for (std::size_t i = 0; i < items.size(); i += 2) {
    if (!is_color(items[i])) refuse_map(text, "a colour has three numbers from 0 to 255");
    const Value& index = items[i + 1];
    if (index.kind != ValueKind::kInt || index.integer < 0 || index.integer > 255) {
      refuse_map(text, "a class is a number from 0 to 255");
    }
    RgbMapEntry entry{{}, static_cast<int>(index.integer)};
    for (std::size_t c = 0; c < 3; ++c) {
      entry.color.at(c) = static_cast<std::uint8_t>(items[i].items[c].integer);
    }
    map.push_back(entry);
  }
  RgbMap check(map);
  return map;
}

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

DatasetSource open_folder(const fs::path& folder, const std::string& rgb_map) {
  DatasetSource source;
  const fs::path whole = fs::absolute(folder).lexically_normal();
  source.name = (whole.has_filename() ? whole : whole.parent_path()).filename().string();
  for (const char* split : {"train", "valid", "test"}) {
    const SplitFolders folders{folder / split / "images", folder / split / "masks"};
    if (is_folder(folders.images_dir) || is_folder(folders.masks_dir)) {
      source.survey.splits.push_back({split, folders});
    }
  }
  const SplitFolders undivided{folder / "images", folder / "masks"};
  if (is_folder(undivided.images_dir) || is_folder(undivided.masks_dir)) {
    source.survey.splits.push_back({source.name, undivided});
  }
  if (source.survey.splits.empty()) {
    throw ConfigError(fmt::format(
        "{}: holds neither train/, valid/ or test/ with images/ and masks/ in it, nor images/ and "
        "masks/ itself",
        folder.string()));
  }
  source.survey.network.image_channels = 3;
  source.survey.data.mask_file_format = ".png";
  if (!rgb_map.empty()) source.survey.data.rgb_map = parse_rgb_map(rgb_map);
  return source;
}

DatasetSource open_config(const fs::path& file) {
  ConfigRequest request;
  request.file = file;
  LoadedConfig loaded = load_config(request);
  const Options& options = loaded.options;
  DatasetSource source;
  source.name = options.project_dir.filename().string();
  source.warnings = std::move(loaded.warnings);
  source.survey.splits = {{"train", options.train_split}, {"valid", options.valid_split}};
  const SplitFolders& test = options.test_split;
  if (!test.images_dir.empty() && !test.masks_dir.empty()) {
    source.survey.splits.push_back({"test", test});
  }
  source.survey.network = options.network;
  source.survey.data = options.data;
  return source;
}

}  // namespace

DatasetSource open_dataset(const fs::path& where, const std::string& rgb_map) {
  if (is_folder(where)) return open_folder(where, rgb_map);
  if (!rgb_map.empty()) throw ConfigError("--rgb-map: only with a folder; the config has its own");
  return open_config(where);
}

}  // namespace flexunet
