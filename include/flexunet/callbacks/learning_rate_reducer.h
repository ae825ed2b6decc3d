#pragma once

#include <limits>
#include <utility>
#include <vector>

#include "flexunet/training/callback.h"
#include "flexunet/training/monitor.h"

namespace flexunet {

/// Multiplies the learning rate by `factor` after `patience` epochs in which the monitor was not
/// better than the best by more than 1e-4 (Keras's ReduceLROnPlateau; docs/behaviour.md, "Learning
/// rate and early stopping").
class LearningRateReducer : public Callback {
 public:
  LearningRateReducer(double factor, int patience, Monitor monitor = {})
      : factor_(factor), patience_(patience), monitor_(std::move(monitor)) {}
  void on_train_begin(const std::vector<EpochResult>& history, TrainControl& control) override;
  void on_epoch_end(const EpochResult& result, TrainControl& control) override;

 private:
  // Whether the learning rate is to be reduced after this epoch.
  bool look_at(const EpochResult& result);

  double factor_;
  int patience_;
  Monitor monitor_;
  int wait_ = 0;
  double best_cost_ = std::numeric_limits<double>::infinity();
};

}  // namespace flexunet
