#include "flexunet/report/curves.h"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();

cv::Mat drawn(const std::vector<Curve>& curves) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "curves.png";
  write_curves(path, "Losses", curves);
  return cv::imread(path.string(), cv::IMREAD_COLOR);
}

// Pixels inside the plot's frame, without legend and title.
cv::Mat plot(const cv::Mat& picture) { return picture(cv::Rect(90, 95, 670, 430)); }

int green_pixels(const cv::Mat& picture) {
  cv::Mat found;
  cv::inRange(picture, cv::Scalar(0, 120, 0), cv::Scalar(80, 170, 60), found);
  return cv::countNonZero(found);
}

int red_pixels(const cv::Mat& picture) {
  cv::Mat found;
  cv::inRange(picture, cv::Scalar(0, 0, 190), cv::Scalar(70, 70, 255), found);
  return cv::countNonZero(found);
}

TEST(Curves, AreGreenAndRedOn800x600) {
  const cv::Mat picture =
      drawn({{"loss", {0.67, 0.21, 0.12, 0.10}}, {"val_loss", {0.80, 0.40, 0.35, 0.30}}});
  ASSERT_EQ(picture.size(), cv::Size(800, 600));
  EXPECT_GT(green_pixels(plot(picture)), 200);
  EXPECT_GT(red_pixels(plot(picture)), 200);
  EXPECT_EQ(picture.at<cv::Vec3b>(2, 2), cv::Vec3b(255, 255, 255));
}

TEST(Curves, TheFirstCurveIsTheGreenOne) {
  const cv::Mat picture = drawn({{"loss", {0.67, 0.21}}});
  EXPECT_GT(green_pixels(plot(picture)), 100);
  EXPECT_EQ(red_pixels(plot(picture)), 0);
}

TEST(Curves, LowerValuesLieLower) {
  const cv::Mat picture = drawn({{"loss", {0.1, 0.1}}, {"val_loss", {0.9, 0.9}}});
  const int half = plot(picture).rows / 2;
  EXPECT_EQ(green_pixels(plot(picture).rowRange(0, half)), 0);
  EXPECT_EQ(red_pixels(plot(picture).rowRange(half, plot(picture).rows)), 0);
}

TEST(Curves, DifferentDataGiveDifferentPictures) {
  const cv::Mat one = drawn({{"loss", {0.5, 0.4, 0.3}}});
  const cv::Mat other = drawn({{"loss", {0.5, 0.3, 0.3}}});
  EXPECT_GT(cv::norm(one, other), 0);
  EXPECT_EQ(cv::norm(one, drawn({{"loss", {0.5, 0.4, 0.3}}})), 0);
}

TEST(Curves, NonFiniteValuesLeaveAGap) {
  const cv::Mat whole = drawn({{"loss", {0.5, 0.4, 0.3, 0.2, 0.1}}});
  const cv::Mat torn = drawn({{"loss", {0.5, 0.4, kNan, 0.2, 0.1}}});
  const cv::Range middle(plot(whole).cols * 3 / 8, plot(whole).cols * 5 / 8);
  EXPECT_GT(green_pixels(plot(whole).colRange(middle)), 0);
  EXPECT_EQ(green_pixels(plot(torn).colRange(middle)), 0);
  EXPECT_GT(green_pixels(plot(torn)), 0);
}

struct Case {
  std::string name;
  std::vector<double> values;
  bool visible;
};

void PrintTo(const Case& instance, std::ostream* out) { *out << instance.name; }

class DrawableCurves : public testing::TestWithParam<Case> {};

TEST_P(DrawableCurves, AreDrawnWhole) {
  const cv::Mat picture = drawn({{"loss", GetParam().values}});
  ASSERT_EQ(picture.size(), cv::Size(800, 600));
  EXPECT_EQ(green_pixels(plot(picture)) > 0, GetParam().visible);
  // Nothing leaves the frame at the right.
  EXPECT_EQ(green_pixels(picture.colRange(772, 800)), 0);
}

std::vector<double> falling(int epochs) {
  std::vector<double> values;
  for (int i = 0; i < epochs; ++i) values.push_back(std::exp(-i / 40.0));
  return values;
}

INSTANTIATE_TEST_SUITE_P(
    Table, DrawableCurves,
    testing::Values(Case{"NoEpoch", {}, false}, Case{"OneEpoch", {0.7}, true},
                    Case{"TwoEpochs", {0.7, 0.6}, true}, Case{"ManyEpochs", falling(300), true},
                    Case{"Constant", {0.25, 0.25}, true}, Case{"Zero", {0, 0}, true},
                    Case{"OnlyNan", {kNan, kNan}, false},
                    Case{"Infinite", {0.5, std::numeric_limits<double>::infinity()}, true},
                    Case{"Huge", {1e30, 3.0, 2.0}, true}, Case{"Tiny", {1e-9, 3e-9}, true},
                    Case{"Negative", {-3, 5}, true}),
    [](const auto& instance) { return instance.param.name; });

TEST(Curves, AnUnwritablePathIsAnErrorThatNamesIt) {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder.write("file", "") / "curves.png";
  try {
    write_curves(path, "Losses", {{"loss", {1, 2}}});
    FAIL() << "wrote below a file";
  } catch (const OutputError& error) {
    EXPECT_NE(std::string(error.what()).find(folder.path().string()), std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace flexunet
