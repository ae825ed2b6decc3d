#include "flexunet/callbacks/early_stopping.h"

#include <fmt/format.h>

namespace flexunet {

void EarlyStopping::on_train_begin(const std::vector<EpochResult>& history, TrainControl& control) {
  for (const EpochResult& result : history) look_at(result);
  if (!history.empty()) stop_if_patience_is_over(history.back(), control);
}

void EarlyStopping::on_epoch_end(const EpochResult& result, TrainControl& control) {
  look_at(result);
  stop_if_patience_is_over(result, control);
}

void EarlyStopping::look_at(const EpochResult& result) {
  ++wait_;
  if (monitor_.cost(result) < best_cost_) {
    best_cost_ = monitor_.cost(result);
    wait_ = 0;
  }
}

void EarlyStopping::stop_if_patience_is_over(const EpochResult& result,
                                             TrainControl& control) const {
  if (wait_ >= patience_ && result.epoch > 0) {
    control.stop(
        fmt::format("{} did not improve for {} epochs (early stopping)", monitor_.name(), wait_));
  }
}

}  // namespace flexunet
