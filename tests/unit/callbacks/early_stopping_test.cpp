#include "flexunet/callbacks/early_stopping.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "support/epochs.h"

namespace flexunet {
namespace {

// The number of epochs until the callback stops, or all of them.
std::size_t epochs_until_stop(int patience, const std::vector<double>& val_losses) {
  EarlyStopping callback(patience);
  TrainControl control(0.001);
  for (std::size_t epoch = 0; epoch < val_losses.size(); ++epoch) {
    callback.on_epoch_end(epoch_with_val_loss(static_cast<int>(epoch), val_losses[epoch]), control);
    if (control.stop_reason()) return epoch + 1;
  }
  return val_losses.size();
}

TEST(EarlyStopping, WaitsForPatienceEpochsWithoutALowerLoss) {
  EXPECT_EQ(epochs_until_stop(3, {1.0, 0.9, 0.95, 0.9, 0.91, 0.5}), 5U);
}

TEST(EarlyStopping, StartsAnewAfterTheSmallestImprovement) {
  EXPECT_EQ(epochs_until_stop(2, {1.0, 1.0, 0.9999999, 1.0, 1.0, 0.1}), 5U);
}

TEST(EarlyStopping, DoesNotStopAfterTheFirstEpoch) {
  EXPECT_EQ(epochs_until_stop(1, {1.0, 0.5, 0.6, 0.1}), 3U);
}

// Why a run with these epochs behind it is at its end, "" when it is not.
std::string reason_after(int patience, const std::vector<double>& val_losses) {
  EarlyStopping callback(patience);
  TrainControl control(0.001);
  callback.on_train_begin(epochs_with_val_losses(val_losses), control);
  return control.stop_reason().value_or("");
}

TEST(EarlyStopping, KnowsWhetherAResumedRunIsAtItsEnd) {
  EXPECT_EQ(reason_after(2, {}), "");
  EXPECT_EQ(reason_after(1, {0.5}), "");
  EXPECT_EQ(reason_after(2, {1.0, 1.0, 1.0}),
            "val_loss did not improve for 2 epochs (early stopping)");
  EXPECT_EQ(reason_after(3, {1.0, 1.0, 1.0}), "") << "patience was raised";
  EXPECT_EQ(reason_after(2, {1.0, 1.0, 1.0, 0.5}), "") << "patience was lowered, but it improved";
}

}  // namespace
}  // namespace flexunet
