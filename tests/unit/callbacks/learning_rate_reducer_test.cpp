#include "flexunet/callbacks/learning_rate_reducer.h"

#include <gtest/gtest.h>

#include <vector>

#include "support/epochs.h"

namespace flexunet {
namespace {

// The learning rate after each epoch, from 1.
std::vector<double> rates(LearningRateReducer reducer, const std::vector<double>& val_losses) {
  TrainControl control(1.0);
  std::vector<double> trace;
  for (std::size_t epoch = 0; epoch < val_losses.size(); ++epoch) {
    reducer.on_epoch_end(epoch_with_val_loss(static_cast<int>(epoch), val_losses[epoch]), control);
    trace.push_back(control.learning_rate());
  }
  return trace;
}

TEST(LearningRateReducer, ReducesAfterPatienceEpochsAndWaitsAgain) {
  EXPECT_EQ(rates({0.5, 2}, {1.0, 1.1, 1.1, 1.1, 1.1, 1.1}),
            (std::vector<double>{1, 1, 0.5, 0.5, 0.25, 0.25}));
}

TEST(LearningRateReducer, TakesNoImprovementBelowOneTenThousandth) {
  EXPECT_EQ(rates({0.5, 2}, {1.0, 0.99995, 0.99991}), (std::vector<double>{1, 1, 0.5}));
  EXPECT_EQ(rates({0.5, 2}, {1.0, 0.99995, 0.9998}), (std::vector<double>{1, 1, 1}));
}

TEST(LearningRateReducer, KeepsTheBestLossAcrossReductions) {
  EXPECT_EQ(rates({0.1, 1}, {1.0, 2.0, 1.5, 0.5}).back(), 0.1 * 0.1);
}

TEST(LearningRateReducer, LeavesTheLearningRateOfAResumedRunAlone) {
  LearningRateReducer reducer(0.5, 2);
  TrainControl control(0.25);
  reducer.on_train_begin(epochs_with_val_losses({1.0, 1.1, 1.1, 1.1}), control);
  EXPECT_EQ(control.learning_rate(), 0.25);
  reducer.on_epoch_end(epoch_with_val_loss(4, 1.1), control);
  EXPECT_EQ(control.learning_rate(), 0.125) << "it waited one epoch before and one now";
}

}  // namespace
}  // namespace flexunet
