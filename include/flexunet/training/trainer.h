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
#include "flexunet/training/running_means.h"

namespace flexunet {

using Callbacks = std::vector<std::unique_ptr<Callback>>;

struct TrainerOptions {
  int epochs = 100;
  int batch_size = 4;
  std::uint64_t seed = 137;  ///< of shuffling and dropout
  LossOptions loss;
  OptimizerOptions optimizer;
};

/// What a finished run looks back on.
struct TrainSummary {
  int epochs = 0;      ///< completed
  int best_epoch = 0;  ///< from 0, lowest val_loss
  double best_val_loss = 0;
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
  void train_step(const Batch& batch, RunningMeans& means);

  FlexUNet model_;
  TrainerOptions options_;
  torch::Device device_;
  Adam optimizer_;
};

}  // namespace flexunet
