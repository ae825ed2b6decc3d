#pragma once

#include <filesystem>

#include "config/settings.h"
#include "flexunet/options/options.h"

namespace flexunet {

/// The parts of Options, with the checks that need more than one key. Problems go to `settings`.
NetworkOptions read_network(Settings& settings);
LossOptions read_loss(Settings& settings);
OptimizerOptions read_optimizer(Settings& settings);
DataOptions read_data(Settings& settings);
/// Of [augmentor] and the sections of its methods; empty unless this run augments.
AugmentationOptions read_augmentation(Settings& settings);
/// Fills what steers learning: epochs, monitor, schedule, reducer, early stopping. `metric` is the
/// one whose names [train] monitor may use.
void read_learning(Settings& settings, MetricKind metric, TrainOptions& train);
/// Fills everything that names folders, relative ones seen from `project_dir`, and the rest of
/// [train], [eval], [infer] and [tiledinfer]; after read_loss.
void read_run(Settings& settings, const std::filesystem::path& project_dir, Options& options);

/// What decides the result of a training. Only with settings of Task::kTrain.
TrainingSettings list_training_settings(const Settings& settings);

}  // namespace flexunet
