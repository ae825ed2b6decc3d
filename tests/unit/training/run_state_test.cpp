#include "flexunet/training/run_state.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace flexunet {
namespace {

RunState some_state() {
  RunState state;
  state.learning_rate = 0.1 / 3;
  state.rollbacks = 2;
  state.optimizer_steps = (std::int64_t{1} << 60) + 1;
  EpochResult first;
  first.loss = 1.0 / 3;
  first.metric = 5e-324;
  first.val_loss = 1e300 / 7;
  first.val_metric = std::nextafter(0.5, 1.0);
  first.learning_rate = 0.1;
  first.images = 14;
  first.seconds = 3;
  EpochResult second = first;
  second.epoch = 1;
  second.val_foreground_dice = 2.0 / 3;
  state.epochs = {first, second};
  return state;
}

TEST(RunState, ComesBackToTheLastBit) {
  const RunState state = some_state();
  const RunState read = run_state_from_json(to_json(state));
  EXPECT_EQ(to_json(read), to_json(state));
  EXPECT_EQ(read.learning_rate, state.learning_rate);
  EXPECT_EQ(read.rollbacks, 2);
  EXPECT_EQ(read.optimizer_steps, state.optimizer_steps);
  ASSERT_EQ(read.epochs.size(), 2U);
  const EpochResult& epoch = read.epochs[1];
  EXPECT_EQ(epoch.epoch, 1);
  EXPECT_EQ(epoch.loss, 1.0 / 3);
  EXPECT_EQ(epoch.metric, 5e-324);
  EXPECT_EQ(epoch.val_loss, 1e300 / 7);
  EXPECT_EQ(epoch.val_metric, std::nextafter(0.5, 1.0));
  EXPECT_EQ(epoch.learning_rate, 0.1);
  EXPECT_EQ(epoch.images, 14U);
  EXPECT_EQ(epoch.val_foreground_dice, 2.0 / 3);
  EXPECT_FALSE(read.epochs[0].val_foreground_dice);
}

TEST(RunState, LeavesOutWhatDiffersBetweenEqualRuns) {
  RunState state = some_state();
  const std::string text = to_json(state);
  state.epochs[0].seconds = 17;
  state.epochs[0].train_seconds = 16;
  EXPECT_EQ(to_json(state), text);
}

TEST(RunState, KeepsAMetricThatIsNoNumber) {
  RunState state = some_state();
  state.epochs[0].metric = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(std::isnan(run_state_from_json(to_json(state)).epochs[0].metric));
}

TEST(RunState, RefusesOtherTexts) {
  for (const char* text : {"", "[]", "{}", R"({"epochs": 1})", R"({"epochs": [{}]})"}) {
    EXPECT_THROW(run_state_from_json(text), std::exception) << text;
  }
}

}  // namespace
}  // namespace flexunet
