#include "flexunet/model/scores.h"

#include <gtest/gtest.h>

namespace flexunet {
namespace {

// (N,1,W) from N rows.
torch::Tensor masks(const std::vector<std::vector<std::int64_t>>& rows) {
  std::vector<torch::Tensor> images;
  for (const auto& row : rows) images.push_back(torch::tensor(row).unsqueeze(0));
  return torch::stack(images);
}

Scores pooled_scores(const torch::Tensor& predicted, const torch::Tensor& truth, int num_classes) {
  return scores_of(count_class_pixels(predicted, truth, num_classes).sum(0));
}

TEST(ClassPixels, AreCountedForEachImage) {
  const torch::Tensor counts = count_class_pixels(masks({{0, 1, 1, 2}, {1, 0, 0, 0}}),
                                                  masks({{0, 0, 1, 2}, {1, 1, 0, 0}}), 3);
  const torch::Tensor expected =
      torch::tensor({2, 1, 1, 1, 2, 1, 1, 1, 1, 2, 2, 0, 3, 1, 0, 2, 1, 0}, torch::kLong)
          .view({2, 3, 3});
  EXPECT_TRUE(torch::equal(counts, expected)) << counts;
}

TEST(ClassPixels, AreCountedInByteMasks) {
  const torch::Tensor counts = count_class_pixels(masks({{199, 3}}).to(torch::kUInt8),
                                                  masks({{199, 198}}).to(torch::kUInt8), 200)[0];
  EXPECT_EQ(counts[2].sum().item<std::int64_t>(), 1);
  EXPECT_EQ(counts[2][199].item<std::int64_t>(), 1);
  EXPECT_EQ(counts[0][198].item<std::int64_t>(), 1);
  EXPECT_EQ(counts[1][3].item<std::int64_t>(), 1);
}

TEST(Scores, PoolOverImages) {
  const Scores scores =
      pooled_scores(masks({{0, 1, 1, 2}, {1, 0, 0, 0}}), masks({{0, 0, 1, 2}, {1, 1, 0, 0}}), 4);
  EXPECT_DOUBLE_EQ(scores.class_dice[0].value(), 2.0 * 3 / (4 + 4));
  EXPECT_DOUBLE_EQ(scores.class_dice[1].value(), 2.0 * 2 / (3 + 3));
  EXPECT_DOUBLE_EQ(scores.class_dice[2].value(), 1.0);
  EXPECT_DOUBLE_EQ(scores.class_iou[1].value(), 2.0 / 4);
  EXPECT_FALSE(scores.class_dice[3].has_value());
  EXPECT_DOUBLE_EQ(scores.foreground_dice.value(), (2.0 / 3 + 1.0) / 2);
}

TEST(Scores, CountAClassThatIsOnlyPredicted) {
  const Scores scores = pooled_scores(masks({{2, 1}}), masks({{0, 1}}), 3);
  EXPECT_DOUBLE_EQ(scores.class_dice[2].value(), 0.0);
  EXPECT_DOUBLE_EQ(scores.foreground_dice.value(), 0.5);
}

TEST(Scores, HaveNoForegroundDiceOnBackgroundAlone) {
  EXPECT_FALSE(pooled_scores(masks({{0, 0}}), masks({{0, 0}}), 2).foreground_dice.has_value());
}

}  // namespace
}  // namespace flexunet
