#include "flexunet/imaging/image_io.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/imaging/rgb_map.h"
#include "support/temporary_folder.h"
#include "support/tiff_files.h"
#include "unit/imaging/png_samples.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

bool equal(const cv::Mat& a, const cv::Mat& b) {
  return a.size() == b.size() && a.type() == b.type() && cv::norm(a, b, cv::NORM_INF) == 0.0;
}

// Left half red, right half blue, with some texture so that files are longer than their headers.
cv::Mat red_and_blue(int width = 64, int height = 48) {
  cv::Mat rgb(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto tone = static_cast<std::uint8_t>(200 + (x * 7 + y * 13) % 50);
      rgb.at<cv::Vec3b>(y, x) = x < width / 2 ? cv::Vec3b(tone, 0, 0) : cv::Vec3b(0, 0, tone);
    }
  }
  return rgb;
}

std::string problem_of(const fs::path& path) {
  try {
    read_picture(path);
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

// A picture of a given kind as OpenCV writes it.
fs::path write_kind(const TemporaryFolder& folder, const std::string& ending, const cv::Mat& rgb) {
  const fs::path path = folder.path() / ("picture" + ending);
  cv::Mat bgr(rgb.size(), CV_8UC3);
  cv::mixChannels(rgb, bgr, std::vector<int>{0, 2, 1, 1, 2, 0});
  EXPECT_TRUE(cv::imwrite(path.string(), bgr));
  return path;
}

TEST(IsPicture, KnowsTheEndingsInAnyCase) {
  for (const char* name : {"a.png", "a.PNG", "a.jpg", "a.JPeG", "a.tif", "a.TIFF", "a.bmp"}) {
    EXPECT_TRUE(is_picture(name)) << name;
  }
  for (const char* name : {"a", "png", "a.gif", "a.png.txt", "a.npy", ".png"}) {
    EXPECT_FALSE(is_picture(name)) << name;
  }
}

TEST(ReadPicture, GivesEveryKindOfPngItsRgbRendering) {
  const TemporaryFolder folder;
  const RgbMap rgb_map({{{0, 0, 0}, 0}, {{255, 255, 255}, 1}});
  const cv::Mat expected = (cv::Mat_<std::uint8_t>(2, 4) << 0, 1, 1, 0, 1, 0, 0, 1);
  for (const PngSample& sample : black_and_white_samples()) {
    const fs::path path = folder.path() / (sample.name + ".png");
    write_png_sample(path, sample);
    const cv::Mat rgb = read_picture(path);
    ASSERT_EQ(rgb.type(), CV_8UC3) << sample.name;
    const RgbMap::Decoded decoded = rgb_map.decode(rgb);
    EXPECT_EQ(decoded.off_palette_pixels, 0) << sample.name;
    EXPECT_TRUE(equal(decoded.class_mask, expected)) << sample.name;
  }
}

TEST(ReadPicture, ReadsEveryFormatAsRedGreenBlue) {
  const TemporaryFolder folder;
  const cv::Mat rgb = red_and_blue();
  for (const char* ending : {".png", ".bmp", ".tif", ".tiff"}) {
    EXPECT_TRUE(equal(read_picture(write_kind(folder, ending, rgb)), rgb)) << ending;
  }
  const cv::Mat jpeg = read_picture(write_kind(folder, ".jpg", rgb));
  ASSERT_EQ(jpeg.size(), rgb.size());
  EXPECT_GT(jpeg.at<cv::Vec3b>(24, 8)[0], 180);
  EXPECT_LT(jpeg.at<cv::Vec3b>(24, 8)[2], 40);
}

TEST(ReadPicture, GoesByTheContentNotTheEnding) {
  const TemporaryFolder folder;
  const cv::Mat rgb = red_and_blue();
  const fs::path path = folder.path() / "really_a_bitmap.png";
  fs::copy_file(write_kind(folder, ".bmp", rgb), path);
  EXPECT_TRUE(equal(read_picture(path), rgb));
}

TEST(ReadPicture, RefusesATruncatedFileOfAnyFormat) {
  const TemporaryFolder folder;
  for (const char* ending : {".png", ".jpg", ".tif", ".bmp"}) {
    const std::string whole = read_file(write_kind(folder, ending, red_and_blue()));
    for (const std::size_t percent : {5U, 50U, 90U, 99U}) {
      const fs::path path =
          folder.write(std::string("cut") + ending, whole.substr(0, whole.size() * percent / 100));
      EXPECT_NE(problem_of(path).find(path.string()), std::string::npos)
          << ending << " " << percent;
    }
  }
}

TEST(ReadPicture, RefusesATiffWhosePixelsAreCut) {
  const TemporaryFolder folder;
  const std::string whole = strip_tiff(60, 40, 40);
  const cv::Mat rgb = read_picture(folder.write("whole.tif", whole));
  EXPECT_EQ(rgb.size(), cv::Size(60, 40));
  EXPECT_EQ(rgb.at<cv::Vec3b>(39, 59), cv::Vec3b(100, 100, 100));
  for (const std::size_t missing : {1U, 60U, 2000U}) {
    const fs::path cut = folder.write("cut.tif", whole.substr(0, whole.size() - missing));
    EXPECT_NE(problem_of(cut), "") << missing;
  }
}

TEST(ReadPicture, RefusesAJpegCutBehindItsEmbeddedPreview) {
  const TemporaryFolder folder;
  const std::string jpeg = read_file(write_kind(folder, ".jpg", red_and_blue()));
  // An application segment whose content ends like a whole JPEG.
  const std::string preview("\xff\xe1\x00\x06\xff\xd8\xff\xd9", 8);
  const std::string with_preview = jpeg.substr(0, 2) + preview + jpeg.substr(2);
  EXPECT_EQ(problem_of(folder.write("whole.jpg", with_preview)), "");
  EXPECT_NE(problem_of(folder.write("cut.jpg", with_preview.substr(0, jpeg.size() / 2))), "");
}

TEST(ReadPicture, RefusesAPngWithAFlippedByte) {
  const TemporaryFolder folder;
  std::string bytes = read_file(write_kind(folder, ".png", red_and_blue()));
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 0x10);
  EXPECT_NE(problem_of(folder.write("flipped.png", bytes)).find("damaged PNG"), std::string::npos);
}

TEST(ReadPicture, RefusesWhatIsNoPicture) {
  const TemporaryFolder folder;
  EXPECT_NE(problem_of(folder.write("empty.png", "")).find("empty"), std::string::npos);
  EXPECT_NE(problem_of(folder.write("text.png", "hello")).find("not a PNG"), std::string::npos);
  EXPECT_NE(
      problem_of(folder.write("dicom.png", std::string(128, '\0') + "DICM")).find("not a PNG"),
      std::string::npos);
  EXPECT_NE(problem_of(folder.write("short.bmp", "BM")).find("truncated"), std::string::npos);
  EXPECT_NE(problem_of(folder.path() / "missing.png"), "");
}

// A number below 2^16 as two or four bytes.
std::string number(unsigned value, std::size_t size, bool big_endian) {
  std::string bytes(size, '\0');
  bytes[big_endian ? size - 2 : 1] = static_cast<char>(value >> 8U);
  bytes[big_endian ? size - 1 : 0] = static_cast<char>(value & 0xFFU);
  return bytes;
}

// A small file of each kind whose header claims side x side pixels.
std::vector<fs::path> boasting_files(const TemporaryFolder& folder, unsigned side) {
  const std::string big = number(side, 4, true), little = number(side, 4, false);
  const fs::path sample = folder.path() / "sample.png";
  write_png_sample(sample, black_and_white_samples().front());
  std::string png = read_file(sample);
  png.replace(16, 8, big + big);
  const uLong checksum = crc32(0, reinterpret_cast<const Bytef*>(&png[12]), 17);
  for (std::size_t i = 0; i < 4; ++i) {
    png[29 + i] = static_cast<char>(checksum >> (24 - 8 * i) & 0xFFU);
  }
  std::string bmp = read_file(write_kind(folder, ".bmp", red_and_blue()));
  bmp.replace(18, 8, little + little);
  std::string old_bmp("BM\0\0\0\0\0\0\0\0\x1a\0\0\0\x0c\0\0\0", 18);
  old_bmp += little.substr(0, 2) + little.substr(0, 2) + std::string("\1\0\x18\0", 4);
  std::string jpeg = read_file(write_kind(folder, ".jpg", red_and_blue()));
  jpeg.replace(jpeg.find("\xff\xc0") + 5, 4, big.substr(2) + big.substr(2));
  const std::string tiff = plain_tiff({{256, side},
                                       {257, side},
                                       {258, 8},
                                       {259, 1},
                                       {262, 1},
                                       {273, 0},
                                       {277, 1},
                                       {278, side},
                                       {279, 64}},
                                      std::string(64, 'x'));
  return {folder.write("a.png", png), folder.write("b.bmp", bmp), folder.write("c.bmp", old_bmp),
          folder.write("d.jpg", jpeg), folder.write("e.tif", tiff)};
}

// The claimed sizes would need gigabytes; nothing may be asked for before they are refused.
TEST(ReadPicture, RefusesGiganticClaimsOfSize) {
  const TemporaryFolder folder;
  for (const fs::path& path : boasting_files(folder, 60000)) {
    EXPECT_NE(problem_of(path).find("60000x60000 pixels, at most"), std::string::npos)
        << problem_of(path);
  }
}

// Hundreds of megabytes for a few hundred bytes.
TEST(ReadPicture, RefusesSizesThatItsBytesCannotHold) {
  const TemporaryFolder folder;
  for (const fs::path& path : boasting_files(folder, 16000)) {
    const std::string problem = problem_of(path);
    const bool is_clear =
        problem.find(" bytes cannot hold the 16000x16000 pixels it claims") != std::string::npos ||
        problem.find("the file is truncated") != std::string::npos;
    EXPECT_TRUE(is_clear) << path << problem;
  }
}

// One colour is what compresses best.
TEST(ReadPicture, TakesTheBestCompressionOfItsKindForWhatItIs) {
  const TemporaryFolder folder;
  const cv::Mat black(1500, 2000, CV_8UC3, cv::Scalar::all(0));
  for (const char* ending : {".png", ".jpg", ".tif"}) {
    EXPECT_EQ(problem_of(write_kind(folder, ending, black)), "") << ending;
  }
  const fs::path progressive = folder.path() / "progressive.jpg";
  cv::imwrite(progressive.string(), black, {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  EXPECT_EQ(problem_of(progressive), "");
  const fs::path deflated = folder.path() / "deflated.tif";
  cv::imwrite(deflated.string(), black, {cv::IMWRITE_TIFF_COMPRESSION, 8});
  EXPECT_EQ(problem_of(deflated), "");
}

// A decoder takes whole tiles, while strips end with the picture.
TEST(ReadPicture, RefusesATiffWhoseTileIsFarLargerThanItsBytes) {
  const TemporaryFolder folder;
  constexpr unsigned kMany = 1U << 23U, kAsManyAsThereAre = UINT32_MAX;
  EXPECT_NE(problem_of(folder.write("tile.tif", tile_tiff(kMany, 16)))
                .find("8388608x16 pixels it claims"),
            std::string::npos);
  for (const unsigned rows : {40U, 65535U, kMany, kAsManyAsThereAre}) {
    EXPECT_EQ(problem_of(folder.write("strip.tif", strip_tiff(60, 40, rows))), "") << rows;
  }
}

// What a DICOM file is known by stands among the pixels; it must not be taken for one.
TEST(ReadPicture, GoesByTheSignatureAtTheBeginning) {
  const TemporaryFolder folder;
  std::string tiff = strip_tiff(60, 40, 40);
  std::string bmp = read_file(write_kind(folder, ".bmp", red_and_blue()));
  for (std::string* bytes : {&tiff, &bmp}) bytes->replace(128, 4, "DICM");
  // Pixels begin at byte 122; 'D' is the seventh.
  const cv::Mat rgb = read_picture(folder.write("a.tif", tiff));
  ASSERT_EQ(rgb.size(), cv::Size(60, 40));
  EXPECT_EQ(rgb.at<cv::Vec3b>(0, 6), cv::Vec3b('D', 'D', 'D'));
  EXPECT_EQ(read_picture(folder.write("b.bmp", bmp)).size(), cv::Size(64, 48));
}

TEST(ReadPicture, RefusesATiffThatHidesItsSize) {
  const TemporaryFolder folder;
  const std::string twice = plain_tiff(
      {{256, 16000}, {256, 16}, {257, 16000}, {257, 16}, {258, 8}, {259, 8}, {262, 1}, {273, 0}},
      std::string(256, 'x'));
  EXPECT_NE(problem_of(folder.write("twice.tif", twice)), "");
}

TEST(ReadPicture, ReadsATiffOfTiles) {
  const TemporaryFolder folder;
  const cv::Mat rgb = read_picture(folder.write("tiles.tif", tile_tiff()));
  ASSERT_EQ(rgb.size(), cv::Size(16, 16));
  EXPECT_EQ(rgb.at<cv::Vec3b>(15, 15), cv::Vec3b(100, 100, 100));
}

TEST(WritePng, ReadsBackAsWritten) {
  const TemporaryFolder folder;
  const cv::Mat rgb = red_and_blue(5, 3);
  write_png(folder.path() / "new/picture.png", rgb);
  EXPECT_TRUE(equal(read_picture(folder.path() / "new/picture.png"), rgb));
  EXPECT_THROW(write_png(folder.write("file", "x") / "below.png", rgb), OutputError);
}

}  // namespace
}  // namespace flexunet
