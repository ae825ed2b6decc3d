#include "flexunet/drawing/canvas.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

namespace flexunet {
namespace {

// In blue, green, red order.
cv::Mat drawn(const Canvas& canvas) {
  const std::string png = canvas.png();
  return cv::imdecode(std::vector<char>(png.begin(), png.end()), cv::IMREAD_COLOR);
}

TEST(Canvas, ShowsAPicturePixelForPixel) {
  Canvas canvas(6, 5);
  cv::Mat rgb(2, 3, CV_8UC3, cv::Scalar(10, 20, 30));
  rgb.at<cv::Vec3b>(1, 2) = {200, 100, 50};
  canvas.picture({2, 1}, rgb);
  const cv::Mat result = drawn(canvas);
  EXPECT_EQ(result.at<cv::Vec3b>(1, 2), cv::Vec3b(30, 20, 10));
  EXPECT_EQ(result.at<cv::Vec3b>(2, 4), cv::Vec3b(50, 100, 200));
  EXPECT_EQ(result.at<cv::Vec3b>(1, 1), cv::Vec3b(255, 255, 255));
  EXPECT_EQ(result.at<cv::Vec3b>(3, 4), cv::Vec3b(255, 255, 255));
  EXPECT_EQ(result.at<cv::Vec3b>(2, 5), cv::Vec3b(255, 255, 255));
}

}  // namespace
}  // namespace flexunet
