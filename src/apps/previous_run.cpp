#include "apps/previous_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "flexunet/base/files.h"
#include "flexunet/options/project_files.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

bool holds_a_model(const fs::path& model_dir) {
  const auto files = list_files(model_dir);
  return std::any_of(files.begin(), files.end(), [](const fs::path& file) {
    const std::string name = file.filename().string();
    return name.rfind("best_model.", 0) == 0 || name == kLastCheckpointFile ||
           name == kPreviousCheckpointFile;
  });
}

fs::path next_free_folder(const fs::path& parent) {
  int number = 1;
  while (fs::exists(parent / std::to_string(number))) ++number;
  return parent / std::to_string(number);
}

}  // namespace

std::optional<fs::path> set_previous_run_aside(const Options& options, FolderLock& model_dir) {
  if (!holds_a_model(options.train.model_dir)) return std::nullopt;
  // model_dir last: while it is here, an interrupted move is noticed again.
  const std::vector<fs::path> results{options.train.eval_dir, options.train.epoch_change_infer_dir,
                                      options.train.epoch_change_tiled_infer_dir,
                                      options.project_dir / kHistoryFile,
                                      options.project_dir / kEvaluationFile};
  const fs::path target = next_free_folder(options.project_dir / kPreviousRunsFolder);
  const auto place_of = [&](const fs::path& path) {
    fs::path name = path.filename();
    while (fs::exists(target / name)) name += "_";
    return target / name;
  };
  for (const fs::path& path : results) {
    // Not when it lay inside a folder that was moved.
    if (fs::exists(path)) move_path(path, place_of(path));
  }
  model_dir.move_folder_to(place_of(options.train.model_dir));
  return target;
}

}  // namespace flexunet
