#pragma once

#include <filesystem>
#include <optional>

#include "apps/run_description.h"
#include "flexunet/checkpoint/safetensors.h"
#include "flexunet/training/trainer.h"

namespace flexunet {

/// The checkpoint in a model folder from which a run goes on: the last one, or the one before where
/// that is gone. Says which; empty when there is none. Throws CheckpointError: damaged, and which
/// file would be whole.
std::optional<SafetensorsFile> find_run_to_resume(const std::filesystem::path& model_dir);

/// Brings a trainer to where a checkpoint's run stood, and says what changed since. Throws
/// CheckpointError with every difference that would make it another run.
void resume_run(Trainer& trainer, const SafetensorsFile& checkpoint, const RunDescription& run,
                double learning_rate);

}  // namespace flexunet
