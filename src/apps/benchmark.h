#pragma once

#include <vector>

#include "apps/session.h"
#include "flexunet/dataset/dataset.h"
#include "flexunet/training/trainer.h"

namespace flexunet {

/// Measures what a training with these options takes (steps, data, validation, checkpoint,
/// previews), for about so many seconds, and prints what an epoch and the run will take, what
/// limits them and what would help. Writes nothing but two files into a temporary folder, which it
/// removes. `splits` are those of training and validation. Throws Interrupted after a signal.
void run_benchmark(const Session& session, const TrainerOptions& training,
                   const std::vector<Dataset>& splits, double seconds);

}  // namespace flexunet
