#pragma once

#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "flexunet/base/background_task.h"
#include "flexunet/checkpoint/safetensors.h"
#include "flexunet/options/project_files.h"
#include "flexunet/training/callback.h"
#include "flexunet/training/monitor.h"
#include "flexunet/training/run_checkpoint.h"
#include "flexunet/training/trainer.h"

namespace flexunet {

/// Saves the whole run after every epoch as last_checkpoint.safetensors, and the network alone as
/// best_model.safetensors when the monitor is better than ever before. Belongs behind all other
/// callbacks: the run that is saved has then done everything that belongs to its epoch. The last
/// checkpoint is written first, and holds what a kill before the second file would leave undone.
/// Both are written from a copy while the next epoch runs, whose first callback after the error
/// throws OutputError.
class Checkpoints : public Callback {
 public:
  using Warn = std::function<void(const std::string&)>;
  struct Target {
    std::filesystem::path model_dir;
    Metadata metadata;       ///< goes into both files
    Metadata last_metadata;  ///< goes into the last checkpoint as well
    Monitor monitor;
    Warn warn;
  };
  /// The trainer must outlive it. Takes the memory of the copy at once: where there is too little,
  /// a run ends before it has learnt anything.
  Checkpoints(const Trainer& trainer, Target target);
  /// Sees to it that best_model.safetensors is the one of a resumed run's best epoch.
  void on_train_begin(const std::vector<EpochResult>& history, TrainControl& control) override;
  void on_batch_end(const BatchResult& result) override;
  void wait_for_writes() override;
  void on_epoch_end(const EpochResult& result, TrainControl& control) override;

 private:
  // Whether it is the best one so far.
  bool look_at(const EpochResult& result);
  Metadata metadata_of(const EpochResult& result) const;
  // On the writer's thread, of the copy.
  void write(const EpochResult& result, bool is_best) const;

  const Trainer& trainer_;
  Target target_;
  double best_cost_ = std::numeric_limits<double>::infinity();
  int best_epoch_ = 0;
  RunCopy copy_;
  BackgroundTask writer_;  // the last member: its end waits for what uses the others
};

}  // namespace flexunet
