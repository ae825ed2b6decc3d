#include "generator/common/dataset_source.h"

#include <fmt/format.h>

#include <system_error>

#include "flexunet/base/error.h"
#include "flexunet/config/config.h"
#include "flexunet/config/rgb_map_literal.h"
#include "flexunet/literal/literal.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void refuse_map(const std::string& text, const std::string& problem) {
  throw ConfigError(
      fmt::format("--rgb-map {}: {}: must be such as {{(0,0,0):0, (128,40,40):1}}", text, problem));
}

std::vector<RgbMapEntry> parse_rgb_map(const std::string& text) {
  const Literal literal = parse_literal(text);
  if (literal.problem) refuse_map(text, literal.problem->message);
  if (!is_rgb_map(literal.value)) refuse_map(text, "no dictionary of colours to classes");
  std::vector<RgbMapEntry> map;
  const std::vector<std::string> faults = read_rgb_map(literal.value, map);
  if (!faults.empty()) refuse_map(text, fmt::format("{}", fmt::join(faults, "; ")));
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
  // Without one, the classes are guessed.
  source.survey.data.rgb_map =
      rgb_map.empty() ? std::vector<RgbMapEntry>() : parse_rgb_map(rgb_map);
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
