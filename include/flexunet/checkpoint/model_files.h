#pragma once

namespace flexunet {

/// The file names below [train] model_dir.
inline constexpr const char* kBestModelFile = "best_model.safetensors";
/// A model of the original's, used where there is no kBestModelFile.
inline constexpr const char* kKerasModelFile = "best_model.h5";
inline constexpr const char* kLastCheckpointFile = "last_checkpoint.safetensors";

}  // namespace flexunet
