#include "generator/common/mask_colors.h"

#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace flexunet {
namespace {

constexpr RgbColor kBlack{0, 0, 0}, kRed{255, 0, 0}, kBlue{0, 0, 255};

cv::Scalar scalar(const RgbColor& color) {
  return {double(color[0]), double(color[1]), double(color[2])};
}

// Black with a disc of each colour.
cv::Mat disc_mask(const std::vector<RgbColor>& colors) {
  cv::Mat mask(128, 128, CV_8UC3, cv::Scalar::all(0));
  int x = 20;
  for (const RgbColor& color : colors) {
    cv::circle(mask, {x, 64}, 14, scalar(color), cv::FILLED);
    x += 34;
  }
  return mask;
}

TEST(CountColors, CountsPixelsAreasAndPlaces) {
  cv::Mat mask(4, 5, CV_8UC3, cv::Scalar::all(0));
  mask(cv::Rect(2, 1, 3, 3)).setTo(scalar(kRed));
  mask.at<cv::Vec3b>(0, 0) = {0, 0, 255};
  const ColorCounts counts = count_colors(mask);
  ASSERT_EQ(counts.size(), 3U);
  EXPECT_EQ(counts.at(kRed).pixels, 9);
  EXPECT_EQ(counts.at(kRed).solid_pixels, 4);
  EXPECT_EQ(counts.at(kRed).first, cv::Point(2, 1));
  EXPECT_EQ(counts.at(kBlue).pixels, 1);
  EXPECT_EQ(counts.at(kBlue).solid_pixels, 0);
  EXPECT_EQ(counts.at(kBlack).pixels, 10);
}

TEST(CountColors, AddsMasksAndForgetsTheRarest) {
  ColorCounts total = count_colors(disc_mask({kRed}));
  add_colors(total, count_colors(disc_mask({kRed, kBlue})));
  EXPECT_EQ(total.at(kRed).masks, 2);
  EXPECT_EQ(total.at(kBlue).masks, 1);
  EXPECT_EQ(total.at(kBlack).pixels + total.at(kRed).pixels + total.at(kBlue).pixels,
            2 * 128 * 128);
  keep_most_frequent(total, 2);
  EXPECT_EQ(total.size(), 2U);
  EXPECT_EQ(total.count(kBlue), 0U);
}

TEST(ClassColors, AreThoseOfCleanMasksInFull) {
  const RgbColor gray_one{1, 1, 1}, gray_two{2, 2, 2};
  EXPECT_EQ(class_colors(count_colors(disc_mask({gray_one, gray_two}))).size(), 3U);
  EXPECT_EQ(class_colors(count_colors(disc_mask({kRed, kBlue}))).front(), kBlack);
  EXPECT_TRUE(class_colors({}).empty());
}

TEST(ClassColors, LeaveOutInterpolatedColours) {
  cv::Mat mask;
  cv::resize(disc_mask({kRed, kBlue, {0, 255, 0}}), mask, {91, 91}, 0, 0, cv::INTER_LINEAR);
  const ColorCounts counts = count_colors(mask);
  EXPECT_GT(counts.size(), 64U);
  EXPECT_EQ(class_colors(counts).size(), 4U);
}

TEST(ClassColors, LeaveOutTheNoiseOfJpeg) {
  std::vector<std::uint8_t> bytes;
  cv::Mat large;
  cv::resize(disc_mask({kRed, kBlue}), large, {}, 4, 4, cv::INTER_NEAREST);
  cv::imencode(".jpg", large, bytes, {cv::IMWRITE_JPEG_QUALITY, 80});
  const ColorCounts counts = count_colors(cv::imdecode(bytes, cv::IMREAD_COLOR));
  EXPECT_GT(counts.size(), 64U);
  EXPECT_EQ(class_colors(counts).size(), 3U);
}

TEST(ClassColors, LeaveOutAreasThatDifferALittleWhereThereIsNoise) {
  ColorCounts counts;
  counts[kBlack] = {9000, 8000, 1, {}};
  counts[kRed] = {5000, 4000, 1, {}};
  counts[{250, 15, 12}] = {90, 60, 1, {}};
  EXPECT_EQ(class_colors(counts).size(), 3U);
  for (std::uint8_t i = 0; i < 70; ++i) counts[{i, 200, 200}] = {1, 0, 1, {}};
  EXPECT_EQ(class_colors(counts), (std::vector<RgbColor>{kBlack, kRed}));
}

TEST(ClassColors, LeaveOutStrayPixels) {
  cv::Mat mask = disc_mask({kRed});
  mask.at<cv::Vec3b>(3, 3) = {9, 99, 9};
  EXPECT_EQ(class_colors(count_colors(mask)), (std::vector<RgbColor>{kBlack, kRed}));
}

}  // namespace
}  // namespace flexunet
