#pragma once

#include "config/settings.h"

namespace flexunet {

/// Finds what is wrong with several keys together, and completes what depends on others. Problems
/// go to `settings`.
void check_network(Settings& settings, const NetworkOptions& network);
void check_loss(Settings& settings, const Options& options);
void check_data(Settings& settings, const Options& options);
void check_training(Settings& settings, const TrainOptions& train);
void check_augmentor(Settings& settings, const AugmentorOptions& augmentor);
/// Turns off what this run does not do.
void complete_options(Settings& settings, Options& options);

}  // namespace flexunet
