#include "imaging/photometric.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>

namespace flexunet {
namespace {

cv::Mat gray(int value, int side = 5) {
  return {side, side, CV_8UC3, cv::Scalar(value, value, value)};
}

TEST(Sharpen, AddsEightTimesWhatAPixelExceedsItsNeighboursBy) {
  cv::Mat image = gray(100);
  image.at<cv::Vec3b>(2, 2) = {110, 110, 110};
  const cv::Mat sharp = sharpen(image, 1);
  EXPECT_EQ(sharp.at<cv::Vec3b>(2, 2), cv::Vec3b(190, 190, 190));  // 9 * 110 - 8 * 100
  EXPECT_EQ(sharp.at<cv::Vec3b>(2, 1), cv::Vec3b(90, 90, 90));
  EXPECT_EQ(sharp.at<cv::Vec3b>(0, 0), cv::Vec3b(100, 100, 100));
}

TEST(Brighten, ScalesShiftsAndClamps) {
  EXPECT_EQ(brighten(gray(100), 1.2, 10).at<cv::Vec3b>(0, 0)[0], 130);
  EXPECT_EQ(brighten(gray(250), 1.2, 10).at<cv::Vec3b>(0, 0)[0], 255);
  EXPECT_EQ(brighten(gray(5), 1, -10).at<cv::Vec3b>(0, 0)[0], 0);
}

TEST(ChangeGamma, BendsValuesBetweenBlackAndWhite) {
  EXPECT_EQ(change_gamma(gray(0), 0.5).at<cv::Vec3b>(0, 0)[0], 0);
  EXPECT_EQ(change_gamma(gray(255), 2).at<cv::Vec3b>(0, 0)[0], 255);
  EXPECT_EQ(change_gamma(gray(64), 2).at<cv::Vec3b>(0, 0)[0], 16);     // 255 * (64/255)^2 = 16.06
  EXPECT_EQ(change_gamma(gray(64), 0.5).at<cv::Vec3b>(0, 0)[0], 128);  // 127.7
}

TEST(AddNoise, HasTheStandardDeviationAndKeepsGrayGray) {
  CounterRandom random(1, 2);
  const cv::Mat noisy = add_noise(gray(128, 100), 12, random);
  cv::Scalar mean, deviation;
  cv::meanStdDev(noisy, mean, deviation);
  EXPECT_NEAR(mean[0], 128, 0.5);
  EXPECT_NEAR(deviation[0], 12, 0.4);
  cv::Mat channels[3];
  cv::split(noisy, channels);
  EXPECT_EQ(cv::norm(channels[0], channels[1]) + cv::norm(channels[1], channels[2]), 0);
}

TEST(Blur, SpreadsAPointAndKeepsItsSum) {
  cv::Mat image = gray(0, 15);
  image.at<cv::Vec3b>(7, 7) = {255, 255, 255};
  const cv::Mat blurred = blur(image, 1.5);
  EXPECT_EQ(blurred.at<cv::Vec3b>(7, 7)[0], 18);  // 255 / (2 pi 1.5^2) = 18.04
  EXPECT_NEAR(cv::sum(blurred)[0], 255, 30);      // each pixel is rounded
  EXPECT_EQ(cv::norm(blur(image, 0.05), image), 0);
}

}  // namespace
}  // namespace flexunet
