#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "flexunet/checkpoint/safetensors.h"
#include "flexunet/dataset/dataset.h"
#include "flexunet/loader/batch_loader.h"
#include "flexunet/model/flexunet.h"
#include "flexunet/model/running_means.h"
#include "flexunet/options/options.h"
#include "flexunet/training/adam.h"
#include "flexunet/training/callback.h"
#include "flexunet/training/monitor.h"
#include "flexunet/training/run_checkpoint.h"
#include "flexunet/training/run_state.h"

namespace flexunet {

class StepGraph;
struct StepResult;

using Callbacks = std::vector<std::unique_ptr<Callback>>;

struct TrainerOptions {
  /// Epochs, batches, the monitor that calls an epoch the best, and what follows divergence: the
  /// rest is for callbacks.
  TrainOptions train;
  LossOptions loss;
  OptimizerOptions optimizer;
  AugmentationOptions augmentation;  ///< of the training samples; validation is never augmented
  int loader_workers = 0;    ///< threads that prepare batches; the numbers do not depend on them
  std::uint64_t seed = 137;  ///< of shuffling, augmentation and dropout
  bool record_steps = true;  ///< on a GPU, as a CUDA graph that is replayed: see StepGraph
};

/// What a finished run looks back on.
struct TrainSummary {
  int epochs = 0;         ///< completed
  int best_epoch = 0;     ///< from 0, by the monitor
  double best_value = 0;  ///< of the monitor
  std::string stop_reason;
};

/// The epoch loop (docs/behaviour.md, "The epoch loop").
class Trainer {
 public:
  /// How often a run may go back to its last good epoch.
  static constexpr int kMaxRollbacks = 3;

  /// The network must be on `device` already.
  Trainer(FlexUNet model, const TrainerOptions& options, torch::Device device);
  ~Trainer();

  /// Goes on where the run of a checkpoint stood, which save wrote. To be called before fit. Throws
  /// CheckpointError.
  void resume(const SafetensorsFile& checkpoint);
  /// Replaces the learning rate of a resumed run, and what divergence took off it.
  void replace_learning_rate(double learning_rate);

  /// Trains until the last epoch or until a callback stops it. Throws TrainingError when the loss
  /// is no finite number (where it rolls back: once more than kMaxRollbacks times), DataError when
  /// a sample cannot be read, Interrupted between two batches after a signal, and whatever a
  /// callback throws. Whatever ends it, the files of its last completed epoch are written then, or
  /// it throws why they are not.
  TrainSummary fit(const Dataset& train, const Dataset& valid, const Callbacks& callbacks);

  /// Where the run stands after its last completed epoch.
  RunState state() const;
  /// Network, optimiser and state, from which resume goes on once they are saved. Only between two
  /// epochs, as in on_epoch_end.
  RunCopy copy() const;
  /// The same, in the memory of an earlier copy.
  void copy_to(RunCopy& copy) const;
  /// Saves such a copy. Throws OutputError.
  void save(const std::filesystem::path& path, Metadata metadata) const;
  /// The network that is trained.
  FlexUNet model() const { return model_; }

 private:
  // An epoch's numbers, or what went wrong where they are not finite.
  struct Outcome {
    EpochResult result;
    std::string divergence;
  };
  // Network and optimiser after an epoch.
  struct Snapshot {
    std::vector<torch::Tensor> tensors;
    std::int64_t optimizer_steps = 0;
  };

  void run_epochs(const Dataset& train, const Dataset& valid, const Callbacks& callbacks);
  Outcome run_epoch(const Dataset& train, const Dataset& valid, const Callbacks& callbacks);
  Outcome train_epoch(int epoch, const Dataset& train, const Callbacks& callbacks);
  bool rolls_back() const { return options_.train.on_divergence == DivergencePolicy::kRollback; }
  LoaderOptions loading() const;
  std::size_t samples_per_epoch(const Dataset& train) const;
  void train_step(const Batch& batch, RunningMeans& means);
  StepResult compute_step(const Batch& batch);
  std::vector<torch::Tensor> state_tensors() const;
  Snapshot take_snapshot() const;
  void roll_back(const std::string& divergence, const Callbacks& callbacks);
  TrainSummary summary() const;

  FlexUNet model_;
  TrainerOptions options_;
  torch::Device device_;
  Adam optimizer_;
  TrainControl control_;
  std::vector<EpochResult> epochs_;
  int rollbacks_ = 0;
  Snapshot last_good_;
  std::unique_ptr<StepGraph> graph_;  // while fit runs, where steps are recorded
};

}  // namespace flexunet
