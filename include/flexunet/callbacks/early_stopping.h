#pragma once

#include <limits>
#include <utility>
#include <vector>

#include "flexunet/training/callback.h"
#include "flexunet/training/monitor.h"

namespace flexunet {

/// Stops after `patience` epochs in which the monitor was no better than ever before (Keras's
/// EarlyStopping, min_delta 0; docs/behaviour.md, "Learning rate and early stopping").
class EarlyStopping : public Callback {
 public:
  explicit EarlyStopping(int patience, Monitor monitor = {})
      : patience_(patience), monitor_(std::move(monitor)) {}
  void on_train_begin(const std::vector<EpochResult>& history, TrainControl& control) override;
  void on_epoch_end(const EpochResult& result, TrainControl& control) override;

 private:
  void look_at(const EpochResult& result);
  void stop_if_patience_is_over(const EpochResult& result, TrainControl& control) const;

  int patience_;
  Monitor monitor_;
  int wait_ = 0;
  double best_cost_ = std::numeric_limits<double>::infinity();
};

}  // namespace flexunet
