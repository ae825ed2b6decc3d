#include "apps/output_folders.h"

#include <fmt/format.h>

#include <algorithm>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/findings.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

// Links resolved, so that two names of one folder are equal.
fs::path real_path(const fs::path& path) {
  std::error_code unreadable;
  const fs::path real = fs::weakly_canonical(path, unreadable);
  return unreadable ? path.lexically_normal() : real;
}

bool is_inside(const fs::path& path, const fs::path& folder) {
  const fs::path relative = real_path(path).lexically_relative(real_path(folder));
  return !relative.empty() && *relative.begin() != "..";
}

struct ResultFolder {
  const char* key;
  fs::path path;
};

std::vector<ResultFolder> result_folders(const TrainOptions& train) {
  return {{"model_dir", train.model_dir},
          {"eval_dir", train.eval_dir},
          {"epoch_change_infer_dir", train.epoch_change_infer_dir},
          {"epoch_change_tiled_infer_dir", train.epoch_change_tiled_infer_dir}};
}

// Whether images or masks are read from this folder.
bool is_read_from(const fs::path& folder, const Options& options,
                  const std::vector<fs::path>& files) {
  std::vector<fs::path> kept = input_folders(options);
  for (const fs::path& file : files) kept.push_back(file.parent_path());
  return std::any_of(kept.begin(), kept.end(),
                     [&](const fs::path& input) { return real_path(input) == real_path(folder); });
}

}  // namespace

std::vector<fs::path> input_folders(const Options& options) {
  std::vector<fs::path> patterns;
  for (const SplitFolders* split :
       {&options.train_split, &options.valid_split, &options.test_split}) {
    patterns.push_back(split->images_dir);
    patterns.push_back(split->masks_dir);
  }
  if (options.infer.images_dir) patterns.push_back(*options.infer.images_dir);
  if (options.tiled_infer.images_dir) patterns.push_back(*options.tiled_infer.images_dir);
  std::vector<fs::path> folders;
  for (const fs::path& pattern : patterns) {
    if (pattern.empty()) continue;
    for (const fs::path& folder : match_folders(pattern)) folders.push_back(folder);
  }
  return folders;
}

void require_own_result_folders(const Options& options) {
  std::vector<fs::path> kept = input_folders(options);
  kept.push_back(options.project_dir);
  Findings findings;
  for (const ResultFolder& result : result_folders(options.train)) {
    for (const fs::path& folder : kept) {
      if (!is_inside(folder, result.path)) continue;
      findings.add(fmt::format(
          "[train] {} = {}: holds {}, and the next training would move it away with the results: "
          "give the results a folder of their own",
          result.key, result.path.string(), folder.string()));
      break;
    }
  }
  findings.throw_if_any<ConfigError>();
  require_own_slices_folder(options, {}, {});
}

void require_own_output_folder(const fs::path& output, const Options& options,
                               const std::vector<fs::path>& files) {
  if (!is_read_from(output, options, files)) return;
  throw ConfigError(fmt::format(
      "{}: images or masks are read from this folder: write the masks to another folder",
      output.string()));
}

void require_own_slices_folder(const Options& options, const std::vector<fs::path>& files,
                               const fs::path& output) {
  const auto& slices = options.infer.npy_slices_dir;
  if (!slices) return;
  const bool with_masks = !output.empty() && real_path(*slices) == real_path(output);
  if (!with_masks && !is_read_from(*slices, options, files)) return;
  throw ConfigError(fmt::format(
      "[infer] npy_slices_dir = {}: {}: write the slices to another folder", slices->string(),
      with_masks ? "the masks go there under the same names"
                 : "images or masks are read from this folder"));
}

}  // namespace flexunet
