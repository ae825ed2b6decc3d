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

void ScheduledLearningRate::on_train_begin(const std::vector<EpochResult>& history,
                                           TrainControl& control) {
  set_rate_of(static_cast<int>(history.size()), control);
}

void ScheduledLearningRate::on_epoch_end(const EpochResult& result, TrainControl& control) {
  set_rate_of(result.epoch + 1, control);
}

void ScheduledLearningRate::set_rate_of(int epoch, TrainControl& control) const {
  // After a warm-up alone the rate belongs to the reducer.
  if (schedule_.kind == ScheduleKind::kConstant && epoch > schedule_.warmup_epochs) return;
  if (epoch < schedule_.epochs) control.set_learning_rate(learning_rate_ * schedule_.share(epoch));
}

}  // namespace flexunet
