#include "flexunet/imaging/overlay.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <stdexcept>

namespace flexunet {
namespace {

TEST(OverlayClasses, BlendsHalfAndHalfButLeavesTheBackground) {
  const RgbMap rgb_map({{{0, 0, 0}, 0}, {{200, 0, 50}, 1}});
  cv::Mat rgb(2, 2, CV_8UC3, cv::Scalar(100, 100, 100));
  const auto* pixels = rgb.data;
  const cv::Mat classes = (cv::Mat_<std::uint8_t>(2, 2) << 0, 1, 1, 0);
  overlay_classes(rgb, classes, rgb_map);
  EXPECT_EQ(rgb.at<cv::Vec3b>(0, 0), cv::Vec3b(100, 100, 100));
  EXPECT_EQ(rgb.at<cv::Vec3b>(0, 1), cv::Vec3b(150, 50, 75));
  EXPECT_EQ(rgb.at<cv::Vec3b>(1, 0), cv::Vec3b(150, 50, 75));
  EXPECT_EQ(rgb.at<cv::Vec3b>(1, 1), cv::Vec3b(100, 100, 100));
  EXPECT_EQ(rgb.data, pixels) << "not in place";
  EXPECT_THROW(overlay_classes(rgb, cv::Mat::zeros(1, 2, CV_8UC1), rgb_map), std::invalid_argument);
}

TEST(ShownPicture, IsTheChannelAsGrayOrTheImageItself) {
  const cv::Mat four(2, 3, CV_8UC4, cv::Scalar(1, 2, 3, 4));
  EXPECT_EQ(shown_picture(four, 3).at<cv::Vec3b>(1, 2), cv::Vec3b(4, 4, 4));
  EXPECT_EQ(shown_picture(four, 0).at<cv::Vec3b>(0, 0), cv::Vec3b(1, 1, 1));
  const cv::Mat one(2, 3, CV_8UC1, cv::Scalar(9));
  EXPECT_EQ(shown_picture(one, 0).at<cv::Vec3b>(1, 2), cv::Vec3b(9, 9, 9));
  const cv::Mat three(2, 3, CV_8UC3, cv::Scalar(1, 2, 3));
  EXPECT_EQ(shown_picture(three, {}).data, three.data);
  EXPECT_EQ(shown_picture(three, 1).at<cv::Vec3b>(0, 0), cv::Vec3b(2, 2, 2));
  EXPECT_THROW(shown_picture(four, 4), std::invalid_argument);
  EXPECT_THROW(shown_picture(four, {}), std::invalid_argument);
}

}  // namespace
}  // namespace flexunet
