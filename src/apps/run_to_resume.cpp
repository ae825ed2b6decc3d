#include "apps/run_to_resume.h"

#include <fmt/format.h>

#include "flexunet/base/error.h"
#include "flexunet/base/findings.h"
#include "flexunet/console/console.h"
#include "flexunet/options/project_files.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

// What is left when the last checkpoint is damaged.
std::string advice_for_damage(const fs::path& last, const fs::path& previous) {
  try {
    SafetensorsFile::read(previous);
    return fmt::format(
        "; {}, of the epoch before, is whole: remove {} and --resume goes on from it",
        previous.string(), last.filename().string());
  } catch (const CheckpointError&) {
    return fmt::format(
        "; there is no older one to go on from: train anew without --resume, with "
        "--init {} to start from the best model",
        (last.parent_path() / kBestModelFile).string());
  }
}

}  // namespace

std::optional<SafetensorsFile> find_run_to_resume(const fs::path& model_dir) {
  const fs::path last = model_dir / kLastCheckpointFile;
  const fs::path previous = model_dir / kPreviousCheckpointFile;
  if (fs::exists(last)) {
    try {
      return SafetensorsFile::read(last);
    } catch (const CheckpointError& error) {
      throw CheckpointError(error.what() + advice_for_damage(last, previous));
    }
  }
  if (fs::exists(previous)) {
    warn(fmt::format("{}: is gone; {}, of the epoch before, takes its place", last.string(),
                     previous.string()));
    return SafetensorsFile::read(previous);
  }
  say(fmt::format("{}: holds no run to resume: training starts afresh", model_dir.string()));
  return std::nullopt;
}

void resume_run(Trainer& trainer, const SafetensorsFile& checkpoint, const RunDescription& run,
                double learning_rate) {
  const RunDifferences differences = compare_runs(checkpoint, run);
  if (!differences.forbidden.empty()) {
    Findings findings;
    findings.add(fmt::format("{}: is of another run; train anew without --resume, or undo:",
                             checkpoint.path().string()));
    for (const std::string& difference : differences.forbidden) findings.add("  " + difference);
    findings.throw_if_any<CheckpointError>();
  }
  trainer.resume(checkpoint);
  for (const std::string& difference : differences.allowed) say("changed: " + difference);
  for (const std::string& difference : differences.libraries) {
    warn(difference + ": the run goes on, but not to the last digits of one that never stopped");
  }
  if (differences.learning_rate) trainer.replace_learning_rate(learning_rate);
  const RunState state = trainer.state();
  say(fmt::format("resumes after epoch {}, seed {}", state.epochs.size(), seed_of(checkpoint)));
}

}  // namespace flexunet
