#include "flexunet/imaging/augmentation.h"

#include <gtest/gtest.h>

#include <map>
#include <opencv2/core.hpp>
#include <set>

namespace flexunet {
namespace {

// Every pixel has a value of its own, and the image's first channel is that of the mask.
ImageAndMask numbered(int rows, int columns) {
  ImageAndMask sample{cv::Mat(rows, columns, CV_8UC3), cv::Mat(rows, columns, CV_8UC1)};
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < columns; ++x) {
      const auto value = static_cast<std::uint8_t>(y * columns + x);
      sample.class_mask.at<std::uint8_t>(y, x) = value;
      sample.image.at<cv::Vec3b>(y, x) = {value, 7, static_cast<std::uint8_t>(255 - value)};
    }
  }
  return sample;
}

std::string bytes_of(const cv::Mat& picture) {
  return {reinterpret_cast<const char*>(picture.data), picture.total() * picture.elemSize()};
}

// How often each outcome comes up, by the mask's bytes.
std::map<std::string, int> outcomes(const AugmentationOptions& options, int draws) {
  const ImageAndMask source = numbered(3, 3);
  std::map<std::string, int> counts;
  for (int draw = 0; draw < draws; ++draw) {
    CounterRandom random(1, static_cast<std::uint64_t>(draw));
    ++counts[bytes_of(augment(source, options, random).class_mask)];
  }
  return counts;
}

const AugmentationOptions kAll{true, true, {90, 180, 270}};

TEST(Augment, KeepsTheSourceWithoutMethods) {
  EXPECT_EQ(variant_count({}), 0U);
  EXPECT_EQ(outcomes({}, 20).size(), 1U);
  EXPECT_EQ(outcomes({}, 20).begin()->first, bytes_of(numbered(3, 3).class_mask));
}

TEST(Augment, DrawsTheSourceAndEachVariantEquallyOften) {
  EXPECT_EQ(variant_count(kAll), 5U);
  const auto counts = outcomes(kAll, 1200);
  EXPECT_EQ(counts.size(), 6U);
  for (const auto& [bytes, count] : counts) EXPECT_NEAR(count, 200, 60);
}

TEST(Augment, MovesImageAndMaskTogether) {
  for (int draw = 0; draw < 40; ++draw) {
    CounterRandom random(2, static_cast<std::uint64_t>(draw));
    const ImageAndMask result = augment(numbered(4, 6), kAll, random);
    ASSERT_EQ(result.image.size(), result.class_mask.size());
    cv::Mat first;
    cv::extractChannel(result.image, first, 0);
    EXPECT_EQ(cv::countNonZero(first != result.class_mask), 0);
    EXPECT_TRUE(result.image.isContinuous() && result.class_mask.isContinuous());
  }
}

TEST(Augment, FlipsAndRotatesAsTheirNamesSay) {
  const struct {
    AugmentationOptions options;
    std::string expected;  // of the pixels 0 1 2 / 3 4 5 / 6 7 8
  } cases[] = {{{true, false, {}}, {2, 1, 0, 5, 4, 3, 8, 7, 6}},
               {{false, true, {}}, {6, 7, 8, 3, 4, 5, 0, 1, 2}},
               {{false, false, {90}}, {2, 5, 8, 1, 4, 7, 0, 3, 6}},
               {{false, false, {180}}, {8, 7, 6, 5, 4, 3, 2, 1, 0}},
               {{false, false, {270}}, {6, 3, 0, 7, 4, 1, 8, 5, 2}}};
  for (const auto& each : cases) {
    const auto counts = outcomes(each.options, 40);
    EXPECT_EQ(counts.size(), 2U);  // the source is the other one
    EXPECT_EQ(counts.count(each.expected), 1U);
  }
}

TEST(Augment, LeavesTheSourceAsItWas) {
  const ImageAndMask source = numbered(3, 3);
  const cv::Mat before = source.image.clone();
  for (int draw = 0; draw < 20; ++draw) {
    CounterRandom random(3, static_cast<std::uint64_t>(draw));
    augment(source, kAll, random);
  }
  EXPECT_EQ(cv::norm(source.image, before), 0);
}

}  // namespace
}  // namespace flexunet
