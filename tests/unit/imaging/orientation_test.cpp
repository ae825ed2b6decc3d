#include <gtest/gtest.h>
#include <zlib.h>

#include <array>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>

#include "flexunet/base/files.h"
#include "flexunet/imaging/image_io.h"
#include "support/temporary_folder.h"
#include "support/tiff_files.h"

namespace flexunet {
namespace {

constexpr int kWidth = 48, kHeight = 32, kBright = 250, kMiddle = 120;

// Stored rows: a bright corner first, a gray one at the end of the first row, the rest black.
cv::Mat stored_picture() {
  cv::Mat gray = cv::Mat::zeros(kHeight, kWidth, CV_8UC1);
  gray(cv::Rect(0, 0, 16, 16)).setTo(kBright);
  gray(cv::Rect(kWidth - 16, 0, 16, 16)).setTo(kMiddle);
  return gray;
}

// EXIF data that say nothing but the orientation.
std::string exif(int orientation, bool is_big_endian) {
  const char low = static_cast<char>(orientation);
  return is_big_endian ? std::string("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 19) + low +
                             std::string(6, '\0')
                       : std::string("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 18) + low +
                             std::string(7, '\0');
}

std::string big_endian(std::size_t value, int bytes) {
  std::string text;
  for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(value >> (8 * i) & 0xFFU);
  return text;
}

std::string encoded(const char* ending) {
  std::vector<std::uint8_t> bytes;
  EXPECT_TRUE(cv::imencode(ending, stored_picture(), bytes));
  return {bytes.begin(), bytes.end()};
}

std::string jpeg_with(const std::string& exif_data) {
  const std::string jpeg = encoded(".jpg");
  return jpeg.substr(0, 2) + "\xff\xe1" + big_endian(exif_data.size() + 8, 2) +
         std::string("Exif\0\0", 6) + exif_data + jpeg.substr(2);
}

std::string png_with(const std::string& exif_data) {
  constexpr std::size_t kBehindHeader = 33;
  const std::string png = encoded(".png");
  const std::string chunk = "eXIf" + exif_data;
  const uLong checksum =
      crc32(0, reinterpret_cast<const Bytef*>(chunk.data()), static_cast<uInt>(chunk.size()));
  return png.substr(0, kBehindHeader) + big_endian(exif_data.size(), 4) + chunk +
         big_endian(checksum, 4) + png.substr(kBehindHeader);
}

std::string tiff_with(int orientation) {
  const cv::Mat gray = stored_picture();
  return plain_tiff({{256, kWidth},
                     {257, kHeight},
                     {258, 8},
                     {259, 1},
                     {262, 1},
                     {273, 0},
                     {274, static_cast<unsigned>(orientation)},
                     {277, 1},
                     {278, kHeight},
                     {279, kWidth * kHeight}},
                    std::string(gray.begin<char>(), gray.end<char>()));
}

// The place of the corner of a value: "top left" and so on.
std::string corner_of(const cv::Mat& rgb, int value) {
  for (const int y : {8, rgb.rows - 8}) {
    for (const int x : {8, rgb.cols - 8}) {
      if (std::abs(rgb.at<cv::Vec3b>(y, x)[0] - value) < 20) {
        return std::string(y == 8 ? "top " : "bottom ") + (x == 8 ? "left" : "right");
      }
    }
  }
  return "nowhere";
}

// What EXIF 2.3 says of the first row and the first column.
struct Shown {
  int orientation;
  bool is_turned;  // width and height change places
  const char* bright;
  const char* middle;
};
constexpr std::array<Shown, 8> kShown{{{1, false, "top left", "top right"},
                                       {2, false, "top right", "top left"},
                                       {3, false, "bottom right", "bottom left"},
                                       {4, false, "bottom left", "bottom right"},
                                       {5, true, "top left", "bottom left"},
                                       {6, true, "top right", "bottom right"},
                                       {7, true, "bottom right", "top right"},
                                       {8, true, "bottom left", "top left"}}};

void expect_shown(const cv::Mat& rgb, const Shown& shown, const std::string& what) {
  const cv::Size size(kWidth, kHeight);
  EXPECT_EQ(rgb.size(), shown.is_turned ? cv::Size(kHeight, kWidth) : size) << what;
  EXPECT_EQ(corner_of(rgb, kBright), shown.bright) << what << shown.orientation;
  EXPECT_EQ(corner_of(rgb, kMiddle), shown.middle) << what << shown.orientation;
}

TEST(Orientation, IsObeyedAsViewersDo) {
  const TemporaryFolder folder;
  for (const Shown& shown : kShown) {
    for (const bool is_big_endian : {false, true}) {
      const std::string data = exif(shown.orientation, is_big_endian);
      const auto jpeg = folder.write("a.jpg", jpeg_with(data));
      expect_shown(load_image(jpeg).rgb, shown, "jpeg");
      expect_shown(load_mask(jpeg).rgb, shown, "jpeg mask");
      expect_shown(load_image(folder.write("a.png", png_with(data))).rgb, shown, "png");
    }
    expect_shown(load_image(folder.write("a.tif", tiff_with(shown.orientation))).rgb, shown,
                 "tiff");
  }
}

TEST(Orientation, OfNoMeaningOrDamagedLeavesThePictureAsItIs) {
  const TemporaryFolder folder;
  const Shown& upright = kShown[0];
  for (const std::string& data :
       {exif(0, false), exif(9, true), std::string("II*\0", 4), exif(6, false).substr(0, 15),
        std::string("II*\0\xff\xff\xff\xff\1\0", 10), std::string(40, 'x')}) {
    expect_shown(load_image(folder.write("a.jpg", jpeg_with(data))).rgb, upright, "jpeg");
    expect_shown(load_image(folder.write("a.png", png_with(data))).rgb, upright, "png");
  }
}

}  // namespace
}  // namespace flexunet
