#pragma once

#include <filesystem>
#include <optional>

#include "flexunet/base/folder_lock.h"
#include "flexunet/options/options.h"

namespace flexunet {

/// Where model_dir holds a model already: moves model_dir, eval_dir, history.json, evaluation.csv
/// and the previews to previous_runs/N in the project folder and returns that folder. `model_dir`
/// is the lock on that folder, which then holds for the new, empty one. Throws OutputError when
/// something cannot be moved.
std::optional<std::filesystem::path> set_previous_run_aside(const Options& options,
                                                            FolderLock& model_dir);

}  // namespace flexunet
