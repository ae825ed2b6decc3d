#include "imaging/warp_fields.h"

#include <gtest/gtest.h>

#include <cmath>
#include <opencv2/core.hpp>

#include "flexunet/base/error.h"
#include "imaging/smooth_noise.h"

namespace flexunet {
namespace {

constexpr double kPi = 3.14159265358979323846;

cv::Point2d source_of(const WarpField& field, int x, int y) {
  return {field.x.at<float>(y, x), field.y.at<float>(y, x)};
}

// How far a field moves pixels along an axis: the values of x or y minus the pixel's own.
cv::Mat displacement(const WarpField& field, bool along_x) {
  cv::Mat moved = (along_x ? field.x : field.y).clone();
  for (int y = 0; y < moved.rows; ++y) {
    for (int x = 0; x < moved.cols; ++x)
      moved.at<float>(y, x) -= static_cast<float>(along_x ? x : y);
  }
  return moved;
}

double deviation(const cv::Mat& values) {
  cv::Scalar mean, standard_deviation;
  cv::meanStdDev(values, mean, standard_deviation);
  return standard_deviation[0];
}

double maximum(const cv::Mat& values) {
  double largest = 0;
  cv::minMaxLoc(values, nullptr, &largest);
  return largest;
}

TEST(RotationField, TurnsCounterClockwiseAboutTheCentre) {
  const WarpField quarter = rotation_field({5, 5}, 90);
  // The pixel in the middle of the upper edge comes from the middle of the right one.
  EXPECT_NEAR(source_of(quarter, 2, 0).x, 4, 1e-5);
  EXPECT_NEAR(source_of(quarter, 2, 0).y, 2, 1e-5);
  EXPECT_NEAR(source_of(quarter, 2, 2).x, 2, 1e-5);
  const WarpField some = rotation_field({8, 6}, 30);
  const double dx = 7 - 3.5, dy = 1 - 2.5;
  EXPECT_NEAR(source_of(some, 7, 1).x, 3.5 + std::cos(kPi / 6) * dx - std::sin(kPi / 6) * dy, 1e-5);
  EXPECT_NEAR(source_of(some, 7, 1).y, 2.5 + std::sin(kPi / 6) * dx + std::cos(kPi / 6) * dy, 1e-5);
}

TEST(ShrinkingField, ScalesAboutTheCentre) {
  const WarpField field = shrinking_field({11, 7}, 0.5);
  EXPECT_EQ(source_of(field, 5, 3), cv::Point2d(5, 3));
  EXPECT_EQ(source_of(field, 6, 1), cv::Point2d(7, -1));
}

TEST(ShearingField, MovesRowsByTheSlope) {
  const WarpField field = shearing_field({11, 7}, 0.25);
  EXPECT_EQ(source_of(field, 5, 3), cv::Point2d(5, 3));
  // y' = y + 0.25 * 4 for the pixel four columns to the right.
  EXPECT_EQ(source_of(field, 9, 3), cv::Point2d(9, 2));
}

TEST(LensField, MovesPointsWithinItsRadiusAlone) {
  const LensDistortion barrel{false, 0.25, 0.5, {0.5, 0.25}, 1001};
  const WarpField field = lens_field({80, 80}, barrel);  // R = 20 about (40,20)
  EXPECT_EQ(source_of(field, 40, 20), cv::Point2d(40, 20));
  EXPECT_EQ(source_of(field, 61, 20), cv::Point2d(61, 20));
  EXPECT_NEAR(source_of(field, 50, 20).x, 40 + 10 * std::sqrt(std::sin(kPi / 4)), 1e-4);
  EXPECT_NEAR(source_of(field, 40, 10).y, 20 - 10 * std::sqrt(std::sin(kPi / 4)), 1e-4);
  LensDistortion pincushion = barrel;
  pincushion.amount = -0.5;
  EXPECT_NEAR(source_of(lens_field({80, 80}, pincushion), 50, 20).x,
              40 + 10 / std::sqrt(std::sin(kPi / 4)), 1e-4);
}

// docs/behaviour.md, "Augmentation": 2.3 pixels at 512x512 for alpha 1300 and sigmoid 8.
TEST(DeformationField, HasTheOriginalsStrength) {
  double sum = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CounterRandom random(seed, 0);
    const WarpField field = deformation_field({512, 512}, {1300, 8}, random);
    sum += deviation(displacement(field, true)) + deviation(displacement(field, false));
  }
  EXPECT_NEAR(sum / 12, 2.27, 0.1);
}

TEST(DeformationField, MovesColumnsAndRowsIndependently) {
  CounterRandom random(1, 0);
  const WarpField field = deformation_field({256, 256}, {1300, 8}, random);
  const cv::Mat dx = displacement(field, true), dy = displacement(field, false);
  EXPECT_LT(std::abs(dx.dot(dy)) / std::sqrt(dx.dot(dx) * dy.dot(dy)), 0.2);
}

TEST(DistortionField, HasTheLargestDisplacementThatItsSizeSays) {
  for (const cv::Size size : {cv::Size(200, 200), cv::Size(150, 90)}) {
    CounterRandom random(4, 0);
    const WarpField field = distortion_field(size, {0.04, 20, 0.5}, random);
    const double largest = std::floor(0.04 * std::max(size.width, size.height));
    const double dx = maximum(-displacement(field, true));
    if (size.width == size.height) {
      EXPECT_NEAR(dx, largest, 1e-3);
    } else {
      EXPECT_LE(dx, largest + 1e-3);  // the largest of the whole square
    }
  }
}

TEST(ElasticField, HasTheDisplacementThatItIsTold) {
  Elastic elastic;
  elastic.rotation = elastic.shift = 0;
  elastic.low_scale = elastic.high_scale = 1;
  elastic.displacement = 0.01;
  elastic.sigma = 0.03;
  double sum = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    CounterRandom random(seed, 0);
    const WarpField field = elastic_field({300, 200}, elastic, random);
    sum += deviation(displacement(field, true)) + deviation(displacement(field, false));
  }
  EXPECT_NEAR(sum / 12, 3, 0.35);
}

TEST(ElasticField, TurnsScalesAndShiftsWithinItsBounds) {
  Elastic elastic;
  elastic.rotation = 20;
  elastic.displacement = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CounterRandom random(seed, 0);
    const WarpField field = elastic_field({101, 101}, elastic, random);
    const cv::Point2d centre = source_of(field, 50, 50);
    const cv::Point2d along_x = source_of(field, 51, 50) - centre;
    const double scale = 1 / std::hypot(along_x.x, along_x.y);
    EXPECT_GE(scale, 0.849);
    EXPECT_LE(scale, 1.151);
    EXPECT_LE(std::abs(std::atan2(along_x.y, along_x.x)) * 180 / kPi, 20.01);
    EXPECT_LE(std::hypot(centre.x - 50, centre.y - 50), std::sqrt(2.0) * 5.05 / 0.85 + 0.01);
  }
}

TEST(CropField, StaysInsideThePicture) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CounterRandom random(seed, 0);
    const WarpField field = crop_field({64, 48}, {0.5}, random);
    const cv::Point2d first = source_of(field, 0, 0), last = source_of(field, 63, 47);
    EXPECT_GE(std::min(first.x, first.y), -0.5);
    EXPECT_LE(last.x, 63.5);
    EXPECT_LE(last.y, 47.5);
    EXPECT_GE(last.x - first.x, 0.5 * 63 - 0.01);
  }
}

// On a grid as fine as the pixels nothing is approximated; a larger sigma takes a coarser one.
TEST(SmoothNoise, IsTheGaussianFilterOfItsNoise) {
  const SmoothNoise noise{{9, 7}, 1.5, true};
  int draws = 0;
  const cv::Mat impulse = noise.values([&] { return draws++ == 3 * 9 + 4 ? 1.0 : 0.0; });
  const std::vector<float> weights = gaussian_weights(1.5);
  ASSERT_EQ(weights.size(), 13U);
  for (int y = 0; y < 7; ++y) {
    for (int x = 0; x < 9; ++x) {
      const auto along_x = static_cast<std::size_t>(6 + x - 4);
      const auto along_y = static_cast<std::size_t>(6 + y - 3);
      EXPECT_NEAR(impulse.at<float>(y, x), weights[along_x] * weights[along_y], 1e-6);
    }
  }
}

TEST(SmoothNoise, HasTheSameStrengthOnACoarserGrid) {
  for (const double sigma : {3.0, 5.0, 8.0, 13.0, 40.0}) {
    const int side = static_cast<int>(34 * sigma), margin = static_cast<int>(2 * sigma);
    const cv::Rect inner(margin, margin, side - 2 * margin, side - 2 * margin);
    double square = 0;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      CounterRandom random(seed, 0);
      const SmoothNoise noise{{side, side}, sigma, false};
      square += std::pow(deviation(noise.values([&] { return random.normal(); })(inner)), 2) / 8;
    }
    const double expected = 1 / (2 * std::sqrt(kPi) * sigma);
    EXPECT_NEAR(std::sqrt(square) / expected, 1, 0.05) << sigma;
  }
}

TEST(SmoothNoise, DerivesByXAndY) {
  CounterRandom random(5, 0);
  const SmoothNoise noise{{120, 120}, 10, false};
  const auto draw = [&] { return random.normal(); };
  const cv::Mat values = noise.values(draw);
  CounterRandom again(5, 0);
  const auto [by_x, by_y] = noise.derivatives([&] { return again.normal(); });
  for (int y = 20; y < 100; y += 7) {
    for (int x = 20; x < 100; x += 7) {
      const double dx = (values.at<float>(y, x + 2) - values.at<float>(y, x - 2)) / 4;
      const double dy = (values.at<float>(y + 2, x) - values.at<float>(y - 2, x)) / 4;
      EXPECT_NEAR(by_x.at<float>(y, x), dx, 3e-4);
      EXPECT_NEAR(by_y.at<float>(y, x), dy, 3e-4);
    }
  }
}

// The image's colour and the mask's class of the pixel (2,2), or what is nearest.
TEST(Warp, FillsWhatLiesOutside) {
  cv::Mat image(6, 6, CV_8UC3, cv::Scalar(10, 20, 30));
  image.at<cv::Vec3b>(2, 2) = {200, 100, 50};
  cv::Mat mask(6, 6, CV_8UC1, cv::Scalar(1));
  mask.at<std::uint8_t>(2, 2) = 3;
  WarpField field = shrinking_field({6, 6}, 0.25);
  const ImageAndMask corner = warp({image, mask}, field);
  EXPECT_EQ(corner.image.at<cv::Vec3b>(0, 0), cv::Vec3b(200, 100, 50));
  EXPECT_EQ(corner.mask.at<std::uint8_t>(5, 5), 3);
  field.border = WarpBorder::kNearestEdge;
  const ImageAndMask edge = warp({image, mask}, field);
  EXPECT_EQ(edge.image.at<cv::Vec3b>(0, 0), cv::Vec3b(10, 20, 30));
  EXPECT_EQ(edge.mask.at<std::uint8_t>(5, 5), 1);
}

TEST(Warp, RefusesPicturesThatOpenCvCannotWarp) {
  const cv::Mat image(1, kMaxWarpSide + 1, CV_8UC3), mask(1, kMaxWarpSide + 1, CV_8UC1);
  EXPECT_THROW(warp({image, mask}, rotation_field(image.size(), 10)), DataError);
}

}  // namespace
}  // namespace flexunet
