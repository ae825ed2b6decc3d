#include "flexunet/callbacks/learning_rate_reducer.h"

namespace flexunet {

// What the reductions of the history made of the learning rate, the run remembers.
void LearningRateReducer::on_train_begin(const std::vector<EpochResult>& history, TrainControl&) {
  for (const EpochResult& result : history) look_at(result);
}

void LearningRateReducer::on_epoch_end(const EpochResult& result, TrainControl& control) {
  if (look_at(result)) control.set_learning_rate(control.learning_rate() * factor_);
}

bool LearningRateReducer::look_at(const EpochResult& result) {
  constexpr double kMinimumImprovement = 1e-4;
  if (monitor_.cost(result) < best_cost_ - kMinimumImprovement) {
    best_cost_ = monitor_.cost(result);
    wait_ = 0;
    return false;
  }
  if (++wait_ < patience_) return false;
  wait_ = 0;
  return true;
}

}  // namespace flexunet
