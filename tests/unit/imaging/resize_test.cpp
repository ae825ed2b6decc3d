#include "flexunet/imaging/resize.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <stdexcept>
#include <vector>

namespace flexunet {
namespace {

cv::Mat row_of(const std::vector<std::uint8_t>& values) {
  return cv::Mat(values, true).reshape(1, 1);
}

struct NearestCase {
  int source;
  std::vector<std::uint8_t> expected;  // the source index of each target pixel
};

class ResizeMaskSizes : public testing::TestWithParam<NearestCase> {};

// Worked out by hand from floor((2x+1)*src / (2*dst)).
TEST_P(ResizeMaskSizes, TakesTheSourceUnderThePixelsCentre) {
  const NearestCase& expected = GetParam();
  std::vector<std::uint8_t> indices;
  for (int i = 0; i < expected.source; ++i) indices.push_back(static_cast<std::uint8_t>(i));
  const int target = static_cast<int>(expected.expected.size());
  const cv::Mat row = resize_mask(row_of(indices), {target, 1});
  EXPECT_EQ(cv::norm(row, row_of(expected.expected), cv::NORM_INF), 0.0) << row;
  const cv::Mat column = resize_mask(row_of(indices).t(), {1, target});
  EXPECT_EQ(cv::norm(column.t(), row_of(expected.expected), cv::NORM_INF), 0.0) << column;
}

INSTANTIATE_TEST_SUITE_P(Sizes, ResizeMaskSizes,
                         testing::Values(NearestCase{4, {0, 1, 2, 3}}, NearestCase{4, {1, 3}},
                                         NearestCase{5, {1, 3}}, NearestCase{2, {0, 0, 1, 1}},
                                         NearestCase{3, {0, 0, 1, 2, 2}}, NearestCase{7, {1, 3, 5}},
                                         NearestCase{1, {0, 0, 0}}));

TEST(ResizeMask, TakesWholeColours) {
  const cv::Mat colors = (cv::Mat_<cv::Vec3b>(1, 2) << cv::Vec3b(1, 2, 3), cv::Vec3b(4, 5, 6));
  const cv::Mat expected =
      (cv::Mat_<cv::Vec3b>(2, 3) << colors.at<cv::Vec3b>(0), colors.at<cv::Vec3b>(1),
       colors.at<cv::Vec3b>(1), colors.at<cv::Vec3b>(0), colors.at<cv::Vec3b>(1),
       colors.at<cv::Vec3b>(1));
  EXPECT_EQ(cv::norm(resize_mask(colors, {3, 2}), expected, cv::NORM_INF), 0.0);
  EXPECT_THROW(resize_mask(cv::Mat::zeros(2, 2, CV_16UC1), {1, 1}), std::invalid_argument);
}

TEST(ResizeImage, InterpolatesBilinearly) {
  const cv::Mat image = (cv::Mat_<std::uint8_t>(1, 2) << 0, 200);
  const cv::Mat expected = (cv::Mat_<std::uint8_t>(1, 4) << 0, 50, 150, 200);
  EXPECT_EQ(cv::norm(resize_image(image, {4, 1}), expected, cv::NORM_INF), 0.0);
  const cv::Mat four(3, 5, CV_8UC4, cv::Scalar(1, 2, 3, 4));
  EXPECT_EQ(resize_image(four, {10, 6}).at<cv::Vec4b>(5, 9), cv::Vec4b(1, 2, 3, 4));
  EXPECT_EQ(resize_image(four, {5, 3}).data, four.data);
}

}  // namespace
}  // namespace flexunet
