#pragma once

#include <limits>

#include "flexunet/training/callback.h"

namespace flexunet {

/// Multiplies the learning rate by `factor` after `patience` epochs whose val_loss was not lower
/// than the best by more than 1e-4 (Keras's ReduceLROnPlateau, behaviour section 7).
class LearningRateReducer : public Callback {
 public:
  LearningRateReducer(double factor, int patience) : factor_(factor), patience_(patience) {}
  void on_epoch_end(const EpochResult& result, TrainControl& control) override;

 private:
  double factor_;
  int patience_;
  int wait_ = 0;
  double best_ = std::numeric_limits<double>::infinity();
};

}  // namespace flexunet
