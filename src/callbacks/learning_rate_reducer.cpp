#include "flexunet/callbacks/learning_rate_reducer.h"

namespace flexunet {

void LearningRateReducer::on_epoch_end(const EpochResult& result, TrainControl& control) {
  constexpr double kMinimumImprovement = 1e-4;
  if (monitor_.cost(result) < best_cost_ - kMinimumImprovement) {
    best_cost_ = monitor_.cost(result);
    wait_ = 0;
    return;
  }
  if (++wait_ < patience_) return;
  control.set_learning_rate(control.learning_rate() * factor_);
  wait_ = 0;
}

}  // namespace flexunet
