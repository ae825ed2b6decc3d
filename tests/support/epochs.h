#pragma once

#include <vector>

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

/// The epochs of a run so far, as a callback sees them when it is resumed.
inline std::vector<EpochResult> epochs_with_val_losses(const std::vector<double>& val_losses) {
  std::vector<EpochResult> epochs;
  for (const double val_loss : val_losses) {
    epochs.push_back(epoch_with_val_loss(static_cast<int>(epochs.size()), val_loss));
  }
  return epochs;
}

}  // namespace flexunet
