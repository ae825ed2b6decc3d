#include "flexunet/callbacks/learning_rate_schedule.h"

#include <cmath>

namespace flexunet {

double LearningRateSchedule::share(int epoch) const {
  if (epoch < warmup_epochs) {
    return static_cast<double>(epoch + 1) / static_cast<double>(warmup_epochs + 1);
  }
  if (kind == ScheduleKind::kConstant) return 1.0;
  const double t = static_cast<double>(epoch - warmup_epochs) / (epochs - warmup_epochs);
  return 0.5 * (1.0 + std::cos(M_PI * t));
}

void ScheduledLearningRate::on_train_begin(TrainControl& control) {
  control.set_learning_rate(learning_rate_ * schedule_.share(0));
}

void ScheduledLearningRate::on_epoch_end(const EpochResult& result, TrainControl& control) {
  const int next = result.epoch + 1;
  if (next < schedule_.epochs) {
    control.set_learning_rate(learning_rate_ * schedule_.share(next));
  }
}

}  // namespace flexunet
