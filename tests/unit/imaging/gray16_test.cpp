#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/imaging/image_io.h"
#include "imaging/intensity.h"
#include "support/temporary_folder.h"
#include "unit/imaging/png_samples.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

cv::Mat values_of(const std::vector<std::uint16_t>& values) {
  return cv::Mat(values, true).reshape(1, 1);
}

std::vector<int> scaled(const std::vector<std::uint16_t>& values,
                        const std::optional<IntensityRange>& range = {}) {
  const cv::Mat bytes = scale_to_bytes(values_of(values), range, "here");
  return {bytes.begin<std::uint8_t>(), bytes.end<std::uint8_t>()};
}

TEST(ScaleToBytes, MapsTheValuesOwnRangeLinearly) {
  EXPECT_EQ(scaled({1000, 3000, 1001, 2000, 2992, 1003, 1004}),
            (std::vector<int>{0, 255, 0, 128, 254, 0, 1}));
  EXPECT_EQ(scaled({0, 65535, 32767, 32768, 257}), (std::vector<int>{0, 255, 127, 128, 1}));
  EXPECT_EQ(scaled({7, 8}), (std::vector<int>{0, 255}));
}

TEST(ScaleToBytes, MakesWhatIsAllEqualBlack) {
  EXPECT_EQ(scaled({5000, 5000}), (std::vector<int>{0, 0}));
  EXPECT_EQ(scaled({65535}), (std::vector<int>{0}));
}

TEST(ScaleToBytes, ClampsWhatLiesOutsideAGivenRange) {
  EXPECT_EQ(scaled({0, 99, 100, 200, 300, 301, 65535}, IntensityRange{100, 300}),
            (std::vector<int>{0, 0, 0, 128, 255, 255, 255}));
  EXPECT_EQ(scaled({0, 65535}, IntensityRange{0, 65535}), (std::vector<int>{0, 255}));
  EXPECT_EQ(scaled({5000, 5000}, IntensityRange{0, 10000}), (std::vector<int>{128, 128}));
}

TEST(ScaleToBytes, TakesOneRangeForAllChannels) {
  const cv::Mat pixel(1, 1, CV_16UC3, cv::Scalar(100, 200, 300));
  EXPECT_EQ(scale_to_bytes(pixel, {}, "here").at<cv::Vec3b>(0, 0), cv::Vec3b(0, 128, 255));
  EXPECT_THROW(scale_to_bytes(cv::Mat(1, 1, CV_8UC1), {}, "here"), std::invalid_argument);
}

// Two rows of three values, the upper bytes of which are all alike.
const cv::Mat& gray16() {
  static const cv::Mat values = (cv::Mat_<std::uint16_t>(2, 3) << 300, 310, 320, 330, 340, 500);
  return values;
}

// From 300..500: (v - 300) * 255 / 200.
cv::Mat gray16_scaled() { return (cv::Mat_<std::uint8_t>(2, 3) << 0, 13, 26, 38, 51, 255); }

fs::path write_gray16_png(const TemporaryFolder& folder, int color_type, int interlace) {
  const bool has_alpha = color_type == PNG_COLOR_TYPE_GRAY_ALPHA;
  PngSample sample{"gray16", 16, color_type, {}, gray16().cols};
  sample.interlace = interlace;
  for (int y = 0; y < gray16().rows; ++y) {
    std::vector<std::uint8_t> row;
    for (int x = 0; x < gray16().cols; ++x) {
      const int value = gray16().at<std::uint16_t>(y, x);
      row.push_back(static_cast<std::uint8_t>(value >> 8));
      row.push_back(static_cast<std::uint8_t>(value & 0xFF));
      if (has_alpha) row.insert(row.end(), {0x12, 0x34});
    }
    sample.rows.push_back(row);
  }
  const fs::path path = folder.path() / "gray16.png";
  write_png_sample(path, sample);
  return path;
}

fs::path write_tiff(const TemporaryFolder& folder, const cv::Mat& values) {
  const fs::path path = folder.path() / "gray16.tif";
  EXPECT_TRUE(cv::imwrite(path.string(), values));
  return path;
}

// The file with the value of a short tag replaced in its directory.
fs::path with_tag(const TemporaryFolder& folder, const fs::path& tiff, int tag, int value) {
  std::string bytes = read_file(tiff);
  const std::string start{
      static_cast<char>(tag & 0xFF), static_cast<char>(tag >> 8), 3, 0, 1, 0, 0, 0};
  const std::size_t at = bytes.find(start);
  EXPECT_NE(at, std::string::npos) << tag;
  bytes.at(at + start.size()) = static_cast<char>(value);
  return folder.write("changed.tif", bytes);
}

void expect_gray(const cv::Mat& rgb, const cv::Mat& gray) {
  ASSERT_EQ(rgb.type(), CV_8UC3);
  ASSERT_EQ(rgb.size(), gray.size());
  for (int channel = 0; channel < 3; ++channel) {
    cv::Mat plane;
    cv::extractChannel(rgb, plane, channel);
    EXPECT_EQ(cv::norm(plane, gray, cv::NORM_INF), 0.0) << plane;
  }
}

TEST(LoadImage, ScalesGrayPngsOf16Bits) {
  const TemporaryFolder folder;
  for (const int color_type : {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA}) {
    for (const int interlace : {PNG_INTERLACE_NONE, PNG_INTERLACE_ADAM7}) {
      const fs::path path = write_gray16_png(folder, color_type, interlace);
      expect_gray(load_image(path).rgb, gray16_scaled());
      const cv::Mat window = (cv::Mat_<std::uint8_t>(2, 3) << 0, 0, 0, 128, 255, 255);
      expect_gray(load_image(path, IntensityRange{320, 340}).rgb, window);
    }
  }
}

TEST(LoadImage, ScalesGrayTiffsOf16Bits) {
  const TemporaryFolder folder;
  const fs::path path = write_tiff(folder, gray16());
  expect_gray(load_image(path).rgb, gray16_scaled());
  const cv::Mat window = (cv::Mat_<std::uint8_t>(2, 3) << 0, 0, 0, 128, 255, 255);
  expect_gray(load_image(path, IntensityRange{320, 340}).rgb, window);
}

TEST(LoadImage, TurnsATiffRoundWhoseLargestValueIsBlack) {
  const TemporaryFolder folder;
  constexpr int kPhotometric = 262, kWhiteIsZero = 0;
  const fs::path path = with_tag(folder, write_tiff(folder, gray16()), kPhotometric, kWhiteIsZero);
  // (500 - v) * 255 / 200
  const cv::Mat inverted = (cv::Mat_<std::uint8_t>(2, 3) << 255, 242, 230, 217, 204, 0);
  expect_gray(load_image(path).rgb, inverted);
}

TEST(LoadImage, LeavesOtherPicturesAsTheyAre) {
  const TemporaryFolder folder;
  const IntensityRange range{1, 2};
  for (const PngSample& sample : black_and_white_samples()) {
    const fs::path path = folder.path() / (sample.name + ".png");
    write_png_sample(path, sample);
    if (sample.bit_depth == 16) continue;
    EXPECT_EQ(cv::norm(load_image(path, range).rgb, read_picture(path), cv::NORM_INF), 0.0)
        << sample.name;
  }
  const cv::Mat gray8(2, 2, CV_8UC1, cv::Scalar(77));
  expect_gray(load_image(write_tiff(folder, gray8), range).rgb, gray8);
}

// One rule for every number of channels: from 100..300.
TEST(LoadImage, ScalesColoursOf16Bits) {
  const TemporaryFolder folder;
  cv::Mat bgr(2, 2, CV_16UC3, cv::Scalar(100, 200, 300));
  for (const char* name : {"color.png", "color.tif"}) {
    const fs::path path = folder.path() / name;
    ASSERT_TRUE(cv::imwrite(path.string(), bgr));
    EXPECT_EQ(load_image(path).rgb.at<cv::Vec3b>(1, 1), cv::Vec3b(255, 128, 0)) << name;
    EXPECT_EQ(load_image(path, IntensityRange{0, 400}).rgb.at<cv::Vec3b>(1, 1),
              cv::Vec3b(191, 128, 64))
        << name;
  }
}

TEST(LoadImage, RefusesATruncatedFile) {
  const TemporaryFolder folder;
  const cv::Mat values(64, 64, CV_16UC1, cv::Scalar(1000));
  for (const char* ending : {".png", ".tif"}) {
    const fs::path whole = folder.path() / (std::string("whole") + ending);
    ASSERT_TRUE(cv::imwrite(whole.string(), values));
    EXPECT_EQ(load_image(whole).rgb.size(), values.size());
    const std::string bytes = read_file(whole);
    for (const std::size_t percent : {50U, 90U}) {
      const fs::path cut =
          folder.write(std::string("cut") + ending, bytes.substr(0, bytes.size() * percent / 100));
      EXPECT_THROW(load_image(cut), DataError) << ending << percent;
    }
  }
}

}  // namespace
}  // namespace flexunet
