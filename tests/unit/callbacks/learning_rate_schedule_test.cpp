#include "flexunet/callbacks/learning_rate_schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "flexunet/callbacks/learning_rate_reducer.h"
#include "support/epochs.h"

namespace flexunet {
namespace {

// The learning rate used in each epoch of a training that starts from 0.5.
std::vector<double> rates(const LearningRateSchedule& schedule) {
  ScheduledLearningRate callback(schedule, 0.5);
  TrainControl control(0.5);
  callback.on_train_begin({}, control);
  std::vector<double> trace;
  for (int epoch = 0; epoch < schedule.epochs; ++epoch) {
    trace.push_back(control.learning_rate());
    callback.on_epoch_end(epoch_with_val_loss(epoch, 1.0), control);
  }
  return trace;
}

void expect_near(const std::vector<double>& actual, const std::vector<double>& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) EXPECT_NEAR(actual[i], expected[i], 1e-15) << i;
}

TEST(LearningRateSchedule, CosineFallsFromTheFullRateTowardsZero) {
  const double root = std::sqrt(0.5);
  expect_near(rates({ScheduleKind::kCosine, 4, 0}),
              {0.5, 0.25 * (1 + root), 0.25, 0.25 * (1 - root)});
}

TEST(LearningRateSchedule, WarmUpRisesToTheFullRate) {
  expect_near(rates({ScheduleKind::kCosine, 5, 3}), {0.125, 0.25, 0.375, 0.5, 0.25});
  expect_near(rates({ScheduleKind::kConstant, 5, 3}), {0.125, 0.25, 0.375, 0.5, 0.5});
}

TEST(LearningRateSchedule, LeavesTheRateToTheReducerAfterTheWarmUp) {
  LearningRateReducer reducer(0.5, 2);
  ScheduledLearningRate schedule({ScheduleKind::kConstant, 8, 2}, 0.6);
  TrainControl control(0.6);
  reducer.on_train_begin({}, control);
  schedule.on_train_begin({}, control);
  std::vector<double> trace;
  for (int epoch = 0; epoch < 8; ++epoch) {
    trace.push_back(control.learning_rate());
    const EpochResult result = epoch_with_val_loss(epoch, 1.0);
    reducer.on_epoch_end(result, control);
    schedule.on_epoch_end(result, control);
  }
  expect_near(trace, {0.2, 0.4, 0.6, 0.3, 0.3, 0.15, 0.15, 0.075});
}

TEST(LearningRateSchedule, NeverReachesZero) {
  for (const double rate : rates({ScheduleKind::kCosine, 100, 7})) EXPECT_GT(rate, 0);
}

TEST(LearningRateSchedule, GoesOnWhereAResumedRunStood) {
  ScheduledLearningRate callback({ScheduleKind::kCosine, 5, 3}, 0.5);
  TrainControl control(0.125);
  callback.on_train_begin(epochs_with_val_losses({1.0, 1.0}), control);
  EXPECT_NEAR(control.learning_rate(), 0.375, 1e-15);
}

}  // namespace
}  // namespace flexunet
