#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/imaging/image_io.h"
#include "imaging/deep_mask.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

const std::vector<RgbMapEntry> kColors{{{0, 0, 0}, 0}, {{255, 0, 0}, 2}, {{0, 200, 0}, 1}};
const std::vector<RgbMapEntry> kGrays{{{0, 0, 0}, 0}, {{2, 2, 2}, 1}, {{255, 255, 255}, 2}};

// The red values of a mask of one row.
std::vector<int> reds(const cv::Mat& mask) {
  std::vector<int> values;
  for (int x = 0; x < mask.cols; ++x) values.push_back(mask.ptr(0)[x * mask.channels()]);
  return values;
}

struct MaskCase {
  const char* what;
  std::vector<double> values;
  const std::vector<RgbMapEntry>* rgb_map;
  std::vector<int> expected;
};

const std::vector<RgbMapEntry> kNone;

TEST(DeepMask, TakesLabelsGraysAndSpreadGrays) {
  const MaskCase cases[] = {{"labels", {0, 1, 2, 2}, &kColors, {0, 0, 255, 255}},
                            {"spread grays", {0, 65535, 257}, &kColors, {0, 255, 1}},
                            {"grays of the map", {0, 2, 255}, &kGrays, {0, 2, 255}},
                            {"labels, as 1 is no gray of the map", {0, 1, 2}, &kGrays, {0, 2, 255}},
                            {"spread grays of the map", {0, 514, 65535}, &kGrays, {0, 2, 255}},
                            {"background alone", {0, 0}, &kColors, {0, 0}},
                            {"grays without a map", {0, 1, 77, 255}, &kNone, {0, 1, 77, 255}},
                            {"spread grays without a map", {0, 32896}, &kNone, {0, 128}}};
  for (const MaskCase& test : cases) {
    cv::Mat doubles = cv::Mat(test.values, true).reshape(1, 1);
    EXPECT_EQ(reds(deep_mask_colors(doubles, *test.rgb_map, "m")), test.expected) << test.what;
    cv::Mat words;
    doubles.convertTo(words, CV_16U);
    EXPECT_EQ(reds(deep_mask_colors(words, *test.rgb_map, "m")), test.expected) << test.what;
  }
}

TEST(DeepMask, RefusesOtherValuesAndNamesThem) {
  const MaskCase cases[] = {
      {"0, 3", {0, 3}, &kColors, {}},
      {"0, 254", {0, 254}, &kGrays, {}},
      {"1, 65535", {1, 65535}, &kColors, {}},
      {"0, 300, 310", {0, 300, 310}, &kNone, {}},
      {"-1, 0", {0, -1}, &kColors, {}},
      {"0, 0.5", {0, 0.5}, &kNone, {}},
      {"65792", {65792}, &kNone, {}},
      {"0, 1, 2, 3, 4, 5, 6, 7, ...", {7, 0, 6, 1, 5, 2, 4, 3, 900}, &kNone, {}}};
  for (const MaskCase& test : cases) {
    try {
      deep_mask_colors(cv::Mat(test.values, true).reshape(1, 1), *test.rgb_map, "m.png");
      FAIL() << test.what;
    } catch (const DataError& error) {
      const std::string start =
          std::string("m.png: a mask of numbers of more than 8 bits with the values ") + test.what;
      EXPECT_EQ(std::string(error.what()).substr(0, start.size()), start);
    }
  }
}

TEST(DeepMask, TakesColoursOf16BitsChannelByChannel) {
  const cv::Mat spread(1, 1, CV_16UC3, cv::Scalar(65535, 0, 257));
  EXPECT_EQ(deep_mask_colors(spread, kColors, "m").at<cv::Vec3b>(0), cv::Vec3b(255, 0, 1));
  const cv::Mat bytes(1, 1, CV_16UC3, cv::Scalar(255, 0, 1));
  EXPECT_EQ(deep_mask_colors(bytes, kColors, "m").at<cv::Vec3b>(0), cv::Vec3b(255, 0, 1));
  const cv::Mat mixed(1, 1, CV_16UC3, cv::Scalar(65535, 0, 1));
  EXPECT_THROW(deep_mask_colors(mixed, kColors, "m"), DataError);
}

TEST(LoadMask, ReadsIndicesOf16BitsFromFiles) {
  const TemporaryFolder folder;
  const cv::Mat labels = (cv::Mat_<std::uint16_t>(1, 3) << 0, 1, 2);
  for (const char* name : {"labels.png", "labels.tif"}) {
    const auto path = folder.path() / name;
    ASSERT_TRUE(cv::imwrite(path.string(), labels));
    const cv::Mat rgb = load_mask(path, kColors).rgb;
    EXPECT_EQ(rgb.at<cv::Vec3b>(1), cv::Vec3b(0, 200, 0)) << name;
    EXPECT_EQ(rgb.at<cv::Vec3b>(2), cv::Vec3b(255, 0, 0)) << name;
    EXPECT_EQ(reds(read_picture(path)), (std::vector<int>{0, 1, 2})) << name;
  }
}

// As paint programs save a layer: all white, the shape in alpha.
TEST(LoadMask, RemarksAShapeInAlphaAlone) {
  const TemporaryFolder folder;
  cv::Mat layer(4, 4, CV_8UC4, cv::Scalar(255, 255, 255, 0));
  layer.at<cv::Vec4b>(1, 1)[3] = 255;
  cv::Mat opaque = layer.clone();
  opaque.setTo(cv::Scalar(255, 255, 255, 255));
  cv::Mat drawn = layer.clone();
  drawn.at<cv::Vec4b>(2, 2) = cv::Vec4b(0, 0, 0, 255);
  cv::Mat deep;
  layer.convertTo(deep, CV_16U, 257);
  const auto has_remark = [&](const cv::Mat& picture, const char* name) {
    const auto path = folder.path() / name;
    EXPECT_TRUE(cv::imwrite(path.string(), picture));
    return load_mask(path).remarks.shape_in_alpha;
  };
  for (const char* name : {"mask.png", "mask.tif"}) {
    EXPECT_TRUE(has_remark(layer, name)) << name;
    EXPECT_TRUE(has_remark(deep, name)) << name;
    EXPECT_FALSE(has_remark(opaque, name)) << name;
    EXPECT_FALSE(has_remark(drawn, name)) << name;
  }
}

}  // namespace
}  // namespace flexunet
