#include "flexunet/callbacks/learning_rate_reducer.h"

namespace flexunet {

void LearningRateReducer::on_epoch_end(const EpochResult& result, TrainControl& control) {
  constexpr double kMinimumImprovement = 1e-4;
  if (result.val_loss < best_ - kMinimumImprovement) {
    best_ = result.val_loss;
    wait_ = 0;
    return;
  }
  if (++wait_ < patience_) return;
  control.set_learning_rate(control.learning_rate() * factor_);
  wait_ = 0;
}

}  // namespace flexunet
