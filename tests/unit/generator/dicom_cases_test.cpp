// DICOM folders that people have brought, from ../shared/cases.
#include <gtest/gtest.h>

#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "flexunet/base/error.h"
#include "generator/generate/generate.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

const fs::path kCases = fs::path(FLEXUNET_SOURCE_DIR) / "../shared/cases";

// Image and mask of each pair of a case, as one channel.
std::vector<std::pair<cv::Mat, cv::Mat>> pictures_of(const char* name, PairRule rule) {
  std::vector<std::pair<cv::Mat, cv::Mat>> pictures;
  const fs::path folder = kCases / name;
  for (const SlicePair& pair : pair_slices({folder / "images", folder / "masks", rule}).pairs) {
    const ImageAndMask read = read_pair(pair, {});
    pictures.emplace_back();
    cv::extractChannel(read.image, pictures.back().first, 0);
    cv::extractChannel(read.mask, pictures.back().second, 0);
  }
  return pictures;
}

int pixels(const cv::Mat& condition) { return cv::countNonZero(condition); }

class DicomCases : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(kCases)) GTEST_SKIP() << kCases << " is not there";
  }
};

TEST_F(DicomCases, HaveMasksWhereTheirImagesAreBright) {
  const auto pictures = pictures_of("dicom-order", PairRule::kSorted);
  ASSERT_EQ(pictures.size(), 12U);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const auto& [image, mask] = pictures[i];
    EXPECT_EQ(pixels((image > 127) != (mask > 0)), 0) << i;
  }
}

TEST_F(DicomCases, HaveSegmentsOverThreeOfSixSlices) {
  const auto pictures = pictures_of("dicom-seg", PairRule::kStem);
  ASSERT_EQ(pictures.size(), 6U);
  const int wanted[] = {0, 0, 109, 108, 109, 0};  // of segment 2, which covers segment 1
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    EXPECT_EQ(pixels(pictures[i].second == 2), wanted[i]) << i;
    EXPECT_EQ(pixels(pictures[i].second), wanted[i]) << i;
  }
}

TEST_F(DicomCases, HaveBlackPadding) {
  const auto pictures = pictures_of("dicom-padding", PairRule::kStem);
  ASSERT_EQ(pictures.size(), 1U);
  // -600 to 600 without the padding of -2000: 0 is in the middle of the gray values.
  EXPECT_EQ(pictures[0].first.at<std::uint8_t>(0, 0), 0);
  EXPECT_GE(pixels(pictures[0].first == 0), 889);
  double high = 0;
  cv::minMaxIdx(pictures[0].first, nullptr, &high);
  EXPECT_EQ(high, 255);
  EXPECT_LT(cv::mean(pictures[0].first)[0], 128.0) << "with the padding as minimum, most is bright";
}

TEST_F(DicomCases, AreReadWithoutPreambleAndRefusedWithADecimalComma) {
  EXPECT_EQ(pictures_of("dicom-without-preamble", PairRule::kStem).size(), 1U);
  try {
    pictures_of("dicom-decimal-comma", PairRule::kStem);
    ADD_FAILURE() << "no error";
  } catch (const DataError& error) {
    EXPECT_NE(std::string(error.what()).find("RescaleSlope (0028,1053) is \"1,5\""),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace flexunet
