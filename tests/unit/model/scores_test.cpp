#include "flexunet/model/scores.h"

#include <gtest/gtest.h>

namespace flexunet {
namespace {

torch::Tensor mask(const std::vector<std::int64_t>& classes) {
  return torch::tensor(classes).reshape({1, 1, static_cast<std::int64_t>(classes.size())});
}

TEST(Scores, PoolOverBatches) {
  ConfusionCounts counts(4);
  counts.add(mask({0, 1, 1, 2}), mask({0, 0, 1, 2}));
  counts.add(mask({1, 0, 0, 0}), mask({1, 1, 0, 0}));
  const Scores scores = counts.scores();
  EXPECT_DOUBLE_EQ(scores.class_dice[0].value(), 2.0 * 3 / (4 + 4));
  EXPECT_DOUBLE_EQ(scores.class_dice[1].value(), 2.0 * 2 / (3 + 3));
  EXPECT_DOUBLE_EQ(scores.class_dice[2].value(), 1.0);
  EXPECT_DOUBLE_EQ(scores.class_iou[1].value(), 2.0 / 4);
  EXPECT_FALSE(scores.class_dice[3].has_value());
  EXPECT_DOUBLE_EQ(scores.foreground_dice.value(), (2.0 / 3 + 1.0) / 2);
  EXPECT_EQ(counts.count(0, 1), 1);
  EXPECT_EQ(counts.count(1, 0), 1);
}

TEST(Scores, CountAClassThatIsOnlyPredicted) {
  ConfusionCounts counts(3);
  counts.add(mask({2, 1}), mask({0, 1}));
  EXPECT_DOUBLE_EQ(counts.scores().class_dice[2].value(), 0.0);
  EXPECT_DOUBLE_EQ(counts.scores().foreground_dice.value(), 0.5);
}

TEST(Scores, HaveNoForegroundDiceOnBackgroundAlone) {
  ConfusionCounts counts(2);
  counts.add(mask({0, 0}), mask({0, 0}));
  EXPECT_FALSE(counts.scores().foreground_dice.has_value());
}

TEST(Scores, AddUpOverCounts) {
  ConfusionCounts first(2);
  first.add(mask({0, 1}), mask({0, 0}));
  ConfusionCounts second(2);
  second.add(mask({1, 1}), mask({1, 0}));
  first += second;
  EXPECT_EQ(first.count(0, 1), 2);
  EXPECT_EQ(first.count(1, 1), 1);
}

TEST(Scores, TakeByteMasks) {
  ConfusionCounts counts(200);
  counts.add(mask({199, 3}).to(torch::kUInt8), mask({199, 198}).to(torch::kUInt8));
  EXPECT_EQ(counts.count(199, 199), 1);
  EXPECT_EQ(counts.count(198, 3), 1);
}

}  // namespace
}  // namespace flexunet
