#pragma once

namespace flexunet {

/// The file names below [train] model_dir.
inline constexpr const char* kBestModelFile = "best_model.safetensors";
inline constexpr const char* kLastCheckpointFile = "last_checkpoint.safetensors";

}  // namespace flexunet
