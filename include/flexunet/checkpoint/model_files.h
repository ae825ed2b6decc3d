#pragma once

namespace flexunet {

/// The file names below [train] model_dir.
inline constexpr const char* kBestModelFile = "best_model.safetensors";
/// A model of the original's, used where there is no kBestModelFile.
inline constexpr const char* kKerasModelFile = "best_model.h5";
/// The whole run after its last epoch, and after the one before.
inline constexpr const char* kLastCheckpointFile = "last_checkpoint.safetensors";
inline constexpr const char* kPreviousCheckpointFile = "previous_checkpoint.safetensors";

}  // namespace flexunet
