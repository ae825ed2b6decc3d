#pragma once

#include <vector>

#include "apps/run_description.h"
#include "apps/session.h"
#include "flexunet/callbacks/epoch_change_inference.h"
#include "flexunet/console/arguments.h"
#include "flexunet/training/monitor.h"
#include "flexunet/training/trainer.h"

namespace flexunet {

/// The first num_infer_images of [infer] images_dir. Warns, and returns none, where they cannot be
/// read: previews are no reason to refuse a training.
std::vector<PreviewImage> load_previews(const Options& options);

/// What [train] monitor says.
Monitor make_monitor(const Options& options);

/// Everything that happens between epochs, in the order of docs/behaviour.md, "The epoch loop". The
/// checkpoints come last, so that what they save has done all that belongs to its epoch.
Callbacks make_callbacks(const Session& session, const Arguments& arguments, const Trainer& trainer,
                         const RunDescription& run);

}  // namespace flexunet
