#pragma once

#include <filesystem>
#include <optional>

#include "flexunet/config/options.h"

namespace flexunet {

/// The file names below the project folder.
inline constexpr const char* kHistoryFile = "history.json";
inline constexpr const char* kEvaluationFile = "evaluation.csv";
/// Its presence ends training after the current epoch.
inline constexpr const char* kBreakFile = "break_training";

/// Where model_dir holds a model already: moves model_dir, eval_dir, history.json, evaluation.csv
/// and the previews to previous_runs/N in the project folder and returns that folder. Throws
/// ConfigError when one of the folders holds the project itself, OutputError when it cannot be
/// moved.
std::optional<std::filesystem::path> set_previous_run_aside(const Options& options);

}  // namespace flexunet
