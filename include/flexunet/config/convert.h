#pragma once

#include <filesystem>

#include "flexunet/config/options.h"
#include "flexunet/config/settings.h"

namespace flexunet {

/// The parts of Options, with the checks that need more than one key. Problems go to `settings`.
NetworkOptions read_network(Settings& settings);
LossOptions read_loss(Settings& settings);
OptimizerOptions read_optimizer(Settings& settings);
DataOptions read_data(Settings& settings);
/// Fills everything that names folders, relative ones seen from `project_dir`, and the rest of
/// [train], [eval], [infer] and [tiledinfer].
void read_run(Settings& settings, const std::filesystem::path& project_dir, Options& options);

}  // namespace flexunet
