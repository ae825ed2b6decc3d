#include "flexunet/callbacks/early_stopping.h"

#include <fmt/format.h>

namespace flexunet {

void EarlyStopping::on_epoch_end(const EpochResult& result, TrainControl& control) {
  ++wait_;
  if (result.val_loss < best_) {
    best_ = result.val_loss;
    wait_ = 0;
  }
  if (wait_ >= patience_ && result.epoch > 0) {
    control.stop(fmt::format("val_loss did not improve for {} epochs (early stopping)", wait_));
  }
}

}  // namespace flexunet
