#include "flexunet/callbacks/early_stopping.h"

#include <fmt/format.h>

namespace flexunet {

void EarlyStopping::on_epoch_end(const EpochResult& result, TrainControl& control) {
  ++wait_;
  if (monitor_.cost(result) < best_cost_) {
    best_cost_ = monitor_.cost(result);
    wait_ = 0;
  }
  if (wait_ >= patience_ && result.epoch > 0) {
    control.stop(
        fmt::format("{} did not improve for {} epochs (early stopping)", monitor_.name(), wait_));
  }
}

}  // namespace flexunet
