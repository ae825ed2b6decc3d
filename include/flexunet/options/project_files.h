#pragma once

namespace flexunet {

// The names of everything that a project's folder holds beside its config.

// Below [train] model_dir.
inline constexpr const char* kBestModelFile = "best_model.safetensors";
/// A model of the original's, used where there is no kBestModelFile.
inline constexpr const char* kKerasModelFile = "best_model.h5";
/// The whole run after its last epoch, and after the one before.
inline constexpr const char* kLastCheckpointFile = "last_checkpoint.safetensors";
inline constexpr const char* kPreviousCheckpointFile = "previous_checkpoint.safetensors";
inline constexpr const char* kLogFile = "train.log";

// Below [train] eval_dir.
inline constexpr const char* kLossesTable = "train_losses.csv";
inline constexpr const char* kLossesCurve = "train_losses.png";
inline constexpr const char* kMetricsTable = "train_metrics.csv";
inline constexpr const char* kMetricsCurve = "train_metrics.png";

// Below the project's folder.
inline constexpr const char* kHistoryFile = "history.json";
inline constexpr const char* kEvaluationFile = "evaluation.csv";
inline constexpr const char* kSummaryFile = "summary.txt";
inline constexpr const char* kNetworkPicture = "model.png";
/// Its presence ends training after the current epoch.
inline constexpr const char* kBreakFile = "break_training";
/// Decoded samples of data sets that outgrow memory.
inline constexpr const char* kCacheFolder = "dataset_cache";
/// Earlier results, in folders with a number each.
inline constexpr const char* kPreviousRunsFolder = "previous_runs";

}  // namespace flexunet
