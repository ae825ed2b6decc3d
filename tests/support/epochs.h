#pragma once

#include "flexunet/training/callback.h"

namespace flexunet {

/// An epoch that a callback looks at for its val_loss.
inline EpochResult epoch_with_val_loss(int epoch, double val_loss, double learning_rate = 0.001) {
  EpochResult result;
  result.epoch = epoch;
  result.val_loss = val_loss;
  result.learning_rate = learning_rate;
  return result;
}

}  // namespace flexunet
