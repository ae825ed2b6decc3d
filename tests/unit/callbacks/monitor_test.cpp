#include "flexunet/training/monitor.h"

#include <gtest/gtest.h>

#include "flexunet/callbacks/early_stopping.h"
#include "flexunet/callbacks/learning_rate_reducer.h"

namespace flexunet {
namespace {

constexpr MetricKind kMetric = MetricKind::kDiceCoefHybrid;

EpochResult epoch_with_all_numbers() {
  EpochResult result;
  result.loss = 1;
  result.metric = 2;
  result.val_loss = 3;
  result.val_metric = 4;
  result.val_foreground_dice = 5;
  return result;
}

TEST(Monitor, TakesTheNumberItIsNamedAfter) {
  const struct {
    MonitorKind kind;
    const char* name;
    double value;
    double cost;
  } cases[] = {{MonitorKind::kLoss, "loss", 1, 1},
               {MonitorKind::kMetric, "dice_coef_hybrid", 2, -2},
               {MonitorKind::kValLoss, "val_loss", 3, 3},
               {MonitorKind::kValMetric, "val_dice_coef_hybrid", 4, -4},
               {MonitorKind::kValForegroundDice, "val_foreground_dice", 5, -5}};
  for (const auto& each : cases) {
    const Monitor monitor(each.kind, kMetric);
    EXPECT_EQ(monitor.name(), each.name);
    EXPECT_EQ(monitor.value(epoch_with_all_numbers()), each.value) << each.name;
    EXPECT_EQ(monitor.cost(epoch_with_all_numbers()), each.cost) << each.name;
  }
}

TEST(Monitor, CallsAbsentForegroundTheWorst) {
  EpochResult result = epoch_with_all_numbers();
  result.val_foreground_dice.reset();
  EXPECT_EQ(Monitor(MonitorKind::kValForegroundDice, kMetric).cost(result), 0);
}

// val_loss falls all the time: only the foreground Dice can be what the callbacks look at.
EpochResult epoch_with_foreground_dice(int epoch, double dice) {
  EpochResult result;
  result.epoch = epoch;
  result.val_loss = 1.0 / (epoch + 1);
  result.val_foreground_dice = dice;
  return result;
}

TEST(Monitor, DecidesWhenTrainingStops) {
  EarlyStopping callback(2, {MonitorKind::kValForegroundDice, kMetric});
  TrainControl control(1.0);
  const double dice[] = {0.1, 0.5, 0.5, 0.4};
  for (int epoch = 0; epoch < 4; ++epoch) {
    EXPECT_FALSE(control.stop_reason()) << epoch;
    callback.on_epoch_end(epoch_with_foreground_dice(epoch, dice[epoch]), control);
  }
  EXPECT_EQ(control.stop_reason(),
            "val_foreground_dice did not improve for 2 epochs (early stopping)");
}

TEST(Monitor, DecidesWhenTheLearningRateIsReduced) {
  LearningRateReducer callback(0.5, 2, {MonitorKind::kValForegroundDice, kMetric});
  TrainControl control(1.0);
  const double dice[] = {0.1, 0.5, 0.50005, 0.4, 0.6};
  const double rates[] = {1, 1, 1, 0.5, 0.5};
  for (int epoch = 0; epoch < 5; ++epoch) {
    callback.on_epoch_end(epoch_with_foreground_dice(epoch, dice[epoch]), control);
    EXPECT_EQ(control.learning_rate(), rates[epoch]) << epoch;
  }
}

}  // namespace
}  // namespace flexunet
