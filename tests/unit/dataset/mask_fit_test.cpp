#include "flexunet/dataset/mask_fit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace flexunet {
namespace {

struct DrawnPair {
  cv::Mat image;
  cv::Mat class_mask;
};

// Bright discs of two classes at places of their own on a noisy ground.
std::vector<DrawnPair> draw_pairs(int count, int side = 160) {
  cv::RNG random(7);
  std::vector<DrawnPair> pairs;
  for (int i = 0; i < count; ++i) {
    DrawnPair pair{cv::Mat(side, side, CV_8UC3), cv::Mat(side, side, CV_8UC1, cv::Scalar(0))};
    random.fill(pair.image, cv::RNG::UNIFORM, 40, 80);
    for (int class_index : {1, 2}) {
      const cv::Point center(random.uniform(20, side - 20), random.uniform(20, side - 20));
      const int radius = random.uniform(8, 20);
      cv::circle(pair.image, center, radius, cv::Scalar::all(90 + 40 * class_index), cv::FILLED);
      cv::circle(pair.class_mask, center, radius, cv::Scalar(class_index), cv::FILLED);
    }
    pairs.push_back(pair);
  }
  return pairs;
}

// The masks `shift` places later in the order, from the start again at its end.
MaskFitResult fit_of(const std::vector<DrawnPair>& pairs, std::size_t shift) {
  MaskFit fit;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    fit.add(std::to_string(i), pairs[i].image, pairs[(i + shift) % pairs.size()].class_mask);
  }
  return fit.result();
}

TEST(MaskFit, IsSilentWhereMasksFit) {
  const MaskFitResult fit = fit_of(draw_pairs(40), 0);
  EXPECT_EQ(fit.pairs, 40U);
  EXPECT_GT(fit.median_rank, 0.95);
  EXPECT_EQ(mask_fit_warning(fit), "");
}

TEST(MaskFit, TellsMasksOfOtherImagesAndTheShiftInOrder) {
  const MaskFitResult fit = fit_of(draw_pairs(40), 3);
  EXPECT_LT(fit.median_rank, 0.7);
  EXPECT_EQ(fit.shift, -3);
  const std::string text = mask_fit_warning(fit);
  EXPECT_NE(text.find("of 40 pairs"), std::string::npos) << text;
  EXPECT_NE(text.find("each mask fits the image 3 places later best"), std::string::npos) << text;
  ASSERT_EQ(fit.worst.size(), 8U);
  EXPECT_LE(fit.worst.front().rank, fit.worst.back().rank);
}

TEST(MaskFit, NamesTheMaskThatFitsAnImageBest) {
  std::vector<DrawnPair> pairs = draw_pairs(30);
  std::swap(pairs[4].class_mask, pairs[9].class_mask);
  MaskFit fit;
  for (const DrawnPair& pair : pairs) fit.add("a", pair.image, pair.class_mask);
  const MaskFitResult result = fit.result();
  EXPECT_FALSE(result.is_misfit());
  const auto worst = std::find_if(result.worst.begin(), result.worst.end(),
                                  [](const MisfittingPair& pair) { return pair.index == 4; });
  ASSERT_NE(worst, result.worst.end());
  EXPECT_EQ(worst->better, 9U);
}

TEST(MaskFit, OrdersNumbersAsNumbersAndNamesWithoutNumbersNotAtAll) {
  const std::vector<DrawnPair> pairs = draw_pairs(40);
  MaskFit backwards, unnumbered;
  for (std::size_t i = pairs.size(); i-- > 0;) {
    const cv::Mat& mask = pairs[(i + 3) % pairs.size()].class_mask;
    backwards.add("IM-" + std::to_string(i), pairs[i].image, mask);
    unnumbered.add("scan", pairs[i].image, mask);
  }
  EXPECT_EQ(backwards.result().shift, -3);
  EXPECT_EQ(unnumbered.result().shift, std::nullopt);
}

TEST(MaskFit, FindsNoShiftWhereMasksAreShuffled) {
  std::vector<DrawnPair> pairs = draw_pairs(60);
  MaskFit fit;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    fit.add(std::to_string(i), pairs[i].image, pairs[(i * 23 + 11) % pairs.size()].class_mask);
  }
  EXPECT_TRUE(fit.result().is_misfit());
  EXPECT_EQ(fit.result().shift, std::nullopt);
}

TEST(MaskFit, SaysNothingOfFewPairs) {
  EXPECT_NE(mask_fit_warning(fit_of(draw_pairs(20), 3)), "");
  EXPECT_EQ(mask_fit_warning(fit_of(draw_pairs(19), 3)), "");
  EXPECT_EQ(mask_fit_warning(fit_of(draw_pairs(1), 0)), "");
  EXPECT_EQ(mask_fit_warning(MaskFit().result()), "");
}

TEST(MaskFit, CountsNeitherMasksWithoutBorderNorFlatImages) {
  MaskFit fit;
  const DrawnPair pair = draw_pairs(1).front();
  fit.add("1", pair.image, cv::Mat::zeros(pair.class_mask.size(), CV_8UC1));
  fit.add("2", cv::Mat::zeros(pair.image.size(), CV_8UC1), pair.class_mask);
  EXPECT_EQ(fit.result().pairs, 0U);
}

// As of a camera that does not move: whose mask it is cannot be told.
TEST(MaskFit, DoesNotCompareMasksThatAreNearlyTheSame) {
  const std::vector<DrawnPair> pairs = draw_pairs(30);
  MaskFit fit;
  for (const DrawnPair& pair : pairs) fit.add("1", pair.image, pairs.front().class_mask);
  EXPECT_EQ(fit.result().pairs, 0U);
  EXPECT_EQ(mask_fit_warning(fit.result()), "");
}

TEST(MaskFit, KeepsABoundedNumberOfPairs) {
  const std::vector<DrawnPair> pairs = draw_pairs(30, 128);
  MaskFit fit;
  for (std::size_t i = 0; i < 1100; ++i) {
    const DrawnPair& pair = pairs[i % pairs.size()];
    fit.add("1", pair.image, pair.class_mask);
  }
  const MaskFitResult result = fit.result();
  EXPECT_EQ(result.pairs, 275U);
  EXPECT_EQ(result.worst.front().index % 4, 0U);
  EXPECT_FALSE(result.is_misfit());
}

TEST(MaskFit, TakesShrunkPicturesForTheirOriginals) {
  MaskFit shrunk;
  const std::vector<DrawnPair> pairs = draw_pairs(25);
  for (const DrawnPair& pair : pairs) {
    shrunk.add("1", mask_fit_image(pair.image), mask_fit_mask(pair.class_mask));
  }
  EXPECT_EQ(shrunk.result().median_rank, fit_of(pairs, 0).median_rank);
}

}  // namespace
}  // namespace flexunet
