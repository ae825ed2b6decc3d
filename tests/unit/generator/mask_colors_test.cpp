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

cv::Mat smoothed(const cv::Mat& mask) {
  cv::Mat small;
  cv::resize(mask, small, {91, 91}, 0, 0, cv::INTER_LINEAR);
  return small;
}

ColorTotals totals_of(const std::vector<cv::Mat>& masks) {
  ColorTotals total;
  for (const cv::Mat& mask : masks) total.add(count_colors(mask));
  return total;
}

TEST(CountColors, CountsPixelsAreasAndPlaces) {
  cv::Mat mask(4, 5, CV_8UC3, cv::Scalar::all(0));
  mask(cv::Rect(2, 1, 3, 3)).setTo(scalar(kRed));
  mask.at<cv::Vec3b>(0, 0) = {0, 0, 255};
  const ColorCounts counts = count_colors(mask).counts;
  ASSERT_EQ(counts.size(), 3U);
  EXPECT_EQ(counts.at(kRed).pixels, 9);
  EXPECT_EQ(counts.at(kRed).solid_pixels, 4);
  EXPECT_EQ(counts.at(kRed).first, cv::Point(2, 1));
  EXPECT_EQ(counts.at(kBlue).pixels, 1);
  EXPECT_EQ(counts.at(kBlue).solid_pixels, 0);
  EXPECT_EQ(counts.at(kBlack).pixels, 10);
}

TEST(CountColors, AddsMasks) {
  const ColorTotals total = totals_of({disc_mask({kRed}), disc_mask({kRed, kBlue})});
  EXPECT_EQ(total.masks, 2);
  EXPECT_EQ(total.clean_masks, 2);
  EXPECT_EQ(total.counts.at(kRed).masks, 2);
  EXPECT_EQ(total.counts.at(kBlue).masks, 1);
  EXPECT_EQ(
      total.counts.at(kBlack).pixels + total.counts.at(kRed).pixels + total.counts.at(kBlue).pixels,
      2 * 128 * 128);
}

TEST(CountColors, ForgetsTheRarestOfAMaskThatIsNotClean) {
  MaskColors mask = count_colors(smoothed(disc_mask({kRed, kBlue, {0, 255, 0}})));
  const std::size_t colors = mask.counts.size();
  ASSERT_GT(colors, 64U);
  std::int64_t pixels = 0;
  limit_colors(mask);
  for (const auto& [color, count] : mask.counts) pixels += count.pixels;
  EXPECT_EQ(mask.counts.size(), 64U);
  EXPECT_EQ(mask.dropped_colors, colors - 64);
  EXPECT_EQ(pixels + mask.dropped_pixels, 91 * 91);
}

TEST(ClassColors, AreThoseOfCleanMasksInFull) {
  const RgbColor gray_one{1, 1, 1}, gray_two{2, 2, 2};
  EXPECT_EQ(class_colors(totals_of({disc_mask({gray_one, gray_two})})).size(), 3U);
  EXPECT_EQ(class_colors(totals_of({disc_mask({kRed, kBlue})})).front(), kBlack);
  EXPECT_TRUE(class_colors({}).empty());
  cv::Mat stray = disc_mask({kRed});
  stray.at<cv::Vec3b>(3, 3) = {9, 99, 9};
  EXPECT_EQ(class_colors(totals_of({stray})).size(), 3U);
  cv::Mat hundred(40, 400, CV_8UC3);
  for (int x = 0; x < hundred.cols; ++x) {
    const int i = x / 4;
    hundred.col(x).setTo(cv::Scalar(i % 5 * 60, i / 5 % 5 * 60, i / 25 * 60));
  }
  EXPECT_EQ(class_colors(totals_of({hundred})).size(), 100U);
}

// Lines of one pixel between two classes are a class where masks are clean.
TEST(ClassColors, KeepAClassThatIsThinAndBetweenOthers) {
  cv::Mat mask(64, 64, CV_8UC3, cv::Scalar::all(0));
  cv::circle(mask, {32, 32}, 20, cv::Scalar::all(255), cv::FILLED);
  cv::circle(mask, {32, 32}, 20, cv::Scalar::all(128), 1);
  EXPECT_EQ(class_colors(totals_of({mask})).size(), 3U);
  // In a set of many masks the rare one counts as well.
  std::vector<cv::Mat> masks(30, disc_mask({kRed}));
  cv::line(masks[7], {5, 5}, {60, 5}, cv::Scalar(0, 255, 0), 1);
  EXPECT_EQ(class_colors(totals_of(masks)).size(), 3U);
}

// Indices are near each other, and some of their classes may be thin.
TEST(ClassColors, KeepIndicesOfWhichSomeAreThin) {
  cv::Mat mask(96, 96, CV_8UC3, cv::Scalar::all(0));
  for (int i = 1; i <= 4; ++i) mask.rowRange(18 * i, 18 * i + 18).setTo(cv::Scalar::all(2 * i));
  for (int i = 0; i < 3; ++i) mask.col(20 + 20 * i).setTo(cv::Scalar::all(1 + 2 * i));
  EXPECT_EQ(class_colors(totals_of({mask})).size(), 8U);
}

TEST(ClassColors, LeaveOutInterpolatedColours) {
  const cv::Mat mask = smoothed(disc_mask({kRed, kBlue, {0, 255, 0}}));
  EXPECT_FALSE(count_colors(mask).is_clean);
  EXPECT_EQ(class_colors(totals_of({mask})).size(), 4U);
  // Few of them, as enlarging by two makes: a quarter and three quarters of the way.
  cv::Mat twice;
  cv::resize(disc_mask({kRed}), twice, {}, 2, 2, cv::INTER_LINEAR);
  EXPECT_LT(count_colors(twice).counts.size(), 16U);
  EXPECT_EQ(class_colors(totals_of({twice})).size(), 2U);
}

TEST(ClassColors, LeaveOutTheNoiseOfJpeg) {
  cv::Mat large;
  cv::resize(disc_mask({kRed, kBlue}), large, {}, 4, 4, cv::INTER_NEAREST);
  for (const int quality : {50, 80, 95}) {
    std::vector<std::uint8_t> bytes;
    cv::imencode(".jpg", large, bytes, {cv::IMWRITE_JPEG_QUALITY, quality});
    const cv::Mat mask = cv::imdecode(bytes, cv::IMREAD_COLOR);
    EXPECT_FALSE(count_colors(mask).is_clean) << quality;
    EXPECT_EQ(class_colors(totals_of({mask})).size(), 3U) << quality;
  }
}

// A tenth of the masks may have been drawn by another tool.
TEST(ClassColors, OfAFewCleanMasksAmongSmoothedOnesAreNoProof) {
  std::vector<cv::Mat> masks(8, smoothed(disc_mask({kRed})));
  cv::Mat clean = disc_mask({kRed});
  clean.at<cv::Vec3b>(3, 3) = {128, 0, 0};
  masks.push_back(clean);
  EXPECT_EQ(class_colors(totals_of(masks)).size(), 2U);
}

}  // namespace
}  // namespace flexunet
