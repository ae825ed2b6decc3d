#pragma once

#include <limits>

#include "flexunet/training/callback.h"

namespace flexunet {

/// Stops after `patience` epochs without a lower val_loss (Keras's EarlyStopping, min_delta 0,
/// behaviour section 7).
class EarlyStopping : public Callback {
 public:
  explicit EarlyStopping(int patience) : patience_(patience) {}
  void on_epoch_end(const EpochResult& result, TrainControl& control) override;

 private:
  int patience_;
  int wait_ = 0;
  double best_ = std::numeric_limits<double>::infinity();
};

}  // namespace flexunet
