#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "flexunet/config/options.h"
#include "flexunet/dataset/dataset.h"
#include "flexunet/loader/batch.h"
#include "flexunet/model/flexunet.h"
#include "flexunet/training/adam.h"
#include "flexunet/training/callback.h"
#include "flexunet/training/monitor.h"
#include "flexunet/training/running_means.h"

namespace flexunet {

using Callbacks = std::vector<std::unique_ptr<Callback>>;

struct TrainerOptions {
  int epochs = 100;
  int batch_size = 4;
  std::uint64_t seed = 137;  ///< of shuffling, augmentation and dropout
  LossOptions loss;
  OptimizerOptions optimizer;
  AugmentationOptions augmentation;  ///< of the training samples; validation is never augmented
  Monitor monitor;                   ///< decides which epoch is called the best
};

/// What a finished run looks back on.
struct TrainSummary {
  int epochs = 0;         ///< completed
  int best_epoch = 0;     ///< from 0, by the monitor
  double best_value = 0;  ///< of the monitor
  std::string stop_reason;
};

/// The epoch loop of behaviour section 7.
class Trainer {
 public:
  /// The network must be on `device` already.
  Trainer(FlexUNet model, const TrainerOptions& options, torch::Device device);

  /// Trains until the last epoch or until a callback stops it. Throws TrainingError when the loss
  /// is no finite number, and whatever a callback throws.
  TrainSummary fit(const Dataset& train, const Dataset& valid, const Callbacks& callbacks);

 private:
  EpochResult train_epoch(int epoch, const Dataset& train, const Callbacks& callbacks);
  Batch draw_batch(int epoch, const Dataset& train, const std::vector<std::size_t>& indices) const;
  void train_step(const Batch& batch, RunningMeans& means);

  FlexUNet model_;
  TrainerOptions options_;
  torch::Device device_;
  Adam optimizer_;
};

}  // namespace flexunet
