#include <gtest/gtest.h>
#include <tiffio.h>

#include <cstdint>
#include <limits>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/imaging/image_io.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// How a page is laid out.
struct Page {
  std::uint16_t format = SAMPLEFORMAT_UINT;
  std::uint16_t samples = 1;
  std::uint16_t photometric = PHOTOMETRIC_MINISBLACK;
  std::uint16_t planes = PLANARCONFIG_CONTIG;
  std::uint16_t compression = COMPRESSION_NONE;
  std::vector<std::uint16_t> extra = {};
  std::uint32_t subfile = 0;
  std::uint32_t tile = 0;  // its side; 0: strips of two rows
};

// Writes 16x16 pixels, all samples of a pixel one after the other.
template <typename Value>
void write_page(TIFF* tiff, const std::vector<Value>& values, const Page& page) {
  constexpr std::uint32_t kSide = 16;
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, kSide);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, kSide);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, static_cast<int>(8 * sizeof(Value)));
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, page.samples);
  TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, page.format);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, page.photometric);
  TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, page.planes);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, page.compression);
  TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, page.subfile);
  if (!page.extra.empty()) {
    TIFFSetField(tiff, TIFFTAG_EXTRASAMPLES, static_cast<int>(page.extra.size()),
                 page.extra.data());
  }
  const std::uint32_t side = page.tile == 0 ? kSide : page.tile;
  const std::uint32_t rows = page.tile == 0 ? 2 : page.tile;
  if (page.tile == 0) {
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, rows);
  } else {
    TIFFSetField(tiff, TIFFTAG_TILEWIDTH, side);
    TIFFSetField(tiff, TIFFTAG_TILELENGTH, rows);
  }
  const bool is_contiguous = page.planes == PLANARCONFIG_CONTIG;
  const std::uint32_t together = is_contiguous ? page.samples : 1;
  std::uint32_t chunk = 0;
  for (std::uint32_t plane = 0; plane < (is_contiguous ? 1U : page.samples); ++plane) {
    for (std::uint32_t y = 0; y < kSide; y += rows) {
      for (std::uint32_t x = 0; x < kSide; x += side) {
        std::vector<Value> part;
        for (std::uint32_t i = 0; i < rows * side * together; ++i) {
          const std::uint32_t row = y + i / (side * together), rest = i % (side * together);
          const std::uint32_t column = x + rest / together;
          const std::uint32_t sample = is_contiguous ? rest % together : plane;
          part.push_back(row < kSide && column < kSide
                             ? values.at((row * kSide + column) * page.samples + sample)
                             : Value{});
        }
        const auto bytes = static_cast<tmsize_t>(part.size() * sizeof(Value));
        const tmsize_t written = page.tile == 0
                                     ? TIFFWriteEncodedStrip(tiff, chunk, part.data(), bytes)
                                     : TIFFWriteEncodedTile(tiff, chunk, part.data(), bytes);
        ASSERT_EQ(written, bytes);
        ++chunk;
      }
    }
  }
  TIFFWriteDirectory(tiff);
}

// Value `first + step * i` in pixel i, the same in all samples but for what is added to each.
template <typename Value>
std::vector<Value> ramp(double first, double step, int samples = 1, double per_sample = 0) {
  std::vector<Value> values;
  for (int i = 0; i < 256; ++i) {
    for (int sample = 0; sample < samples; ++sample) {
      values.push_back(static_cast<Value>(first + step * i + per_sample * sample));
    }
  }
  return values;
}

template <typename Value>
fs::path write_tiff(const TemporaryFolder& folder, const std::vector<Value>& values,
                    const Page& page, const char* mode = "w") {
  const fs::path path = folder.path() / "picture.tif";
  TIFF* tiff = TIFFOpen(path.c_str(), mode);
  write_page(tiff, values, page);
  TIFFClose(tiff);
  return path;
}

// Pixel i of a 16x16 picture.
cv::Vec3b pixel(const cv::Mat& rgb, int i) { return rgb.at<cv::Vec3b>(i / 16, i % 16); }

void expect_ramp(const cv::Mat& rgb, const char* what) {
  ASSERT_EQ(rgb.size(), cv::Size(16, 16)) << what;
  for (int i = 0; i < 256; ++i) EXPECT_EQ(pixel(rgb, i), cv::Vec3b::all(std::uint8_t(i))) << what;
}

TEST(Tiff, GivesEveryNumberFormatItsOwnRange) {
  const TemporaryFolder folder;
  for (const char* mode : {"w", "wb", "w8", "wl8"}) {
    const Page whole, with_sign{SAMPLEFORMAT_INT}, real{SAMPLEFORMAT_IEEEFP};
    const auto read = [](const fs::path& path) { return load_image(path).rgb; };
    expect_ramp(read(write_tiff(folder, ramp<std::uint16_t>(300, 3), whole, mode)), "uint16");
    expect_ramp(read(write_tiff(folder, ramp<std::uint32_t>(7e6, 1e6), whole, mode)), "uint32");
    expect_ramp(read(write_tiff(folder, ramp<std::int8_t>(-128, 1), with_sign, mode)), "int8");
    expect_ramp(read(write_tiff(folder, ramp<std::int16_t>(-20000, 100), with_sign, mode)),
                "int16");
    expect_ramp(read(write_tiff(folder, ramp<std::int32_t>(-1e9, 7e6), with_sign, mode)), "int32");
    expect_ramp(read(write_tiff(folder, ramp<float>(-1, 0.25), real, mode)), "float32");
    expect_ramp(read(write_tiff(folder, ramp<double>(1e3, 1e-3), real, mode)), "float64");
  }
}

TEST(Tiff, IsReadInEveryLayout) {
  const TemporaryFolder folder;
  for (const std::uint32_t tile : {0U, 16U, 32U}) {
    for (const int planes : {PLANARCONFIG_CONTIG, PLANARCONFIG_SEPARATE}) {
      for (const int compression : {COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE}) {
        Page page;
        page.samples = 3;
        page.photometric = PHOTOMETRIC_RGB;
        page.planes = static_cast<std::uint16_t>(planes);
        page.compression = static_cast<std::uint16_t>(compression);
        page.tile = tile;
        const auto deep = ramp<std::uint16_t>(0, 10, 3, 1000);
        const cv::Mat rgb = load_image(write_tiff(folder, deep, page), IntensityRange{0, 4550}).rgb;
        EXPECT_EQ(pixel(rgb, 0), cv::Vec3b(0, 56, 112)) << tile << planes << compression;
        EXPECT_EQ(pixel(rgb, 255), cv::Vec3b(143, 199, 255)) << tile << planes << compression;
        const cv::Mat bytes =
            load_image(write_tiff(folder, ramp<std::uint8_t>(0, 0.5, 3, 60), page)).rgb;
        EXPECT_EQ(pixel(bytes, 30), cv::Vec3b(15, 75, 135)) << tile << planes << compression;
      }
    }
  }
}

TEST(Tiff, TurnsGrayRoundWhoseLargestValueIsBlack) {
  const TemporaryFolder folder;
  Page page;
  page.photometric = PHOTOMETRIC_MINISWHITE;
  const cv::Mat deep = load_image(write_tiff(folder, ramp<std::uint16_t>(0, 257), page)).rgb;
  EXPECT_EQ(pixel(deep, 255), cv::Vec3b(0, 0, 0));
  EXPECT_EQ(pixel(deep, 0), cv::Vec3b(255, 255, 255));
  page.extra = {EXTRASAMPLE_UNASSALPHA};
  page.samples = 2;
  const cv::Mat bytes = load_image(write_tiff(folder, ramp<std::uint8_t>(0, 1, 2), page)).rgb;
  EXPECT_EQ(pixel(bytes, 250), cv::Vec3b(5, 5, 5));
}

TEST(Tiff, DropsAlphaAndRemarksWhatElseIsLeftOut) {
  const TemporaryFolder folder;
  Page page;
  page.samples = 4;
  page.photometric = PHOTOMETRIC_RGB;
  page.extra = {EXTRASAMPLE_UNASSALPHA};
  const auto values = ramp<std::uint8_t>(0, 0.25, 4, 50);
  const LoadedPicture with_alpha = load_image(write_tiff(folder, values, page));
  EXPECT_EQ(pixel(with_alpha.rgb, 40), cv::Vec3b(10, 60, 110));
  EXPECT_FALSE(with_alpha.remarks.has_other_channels);
  page.extra = {EXTRASAMPLE_UNSPECIFIED};
  const LoadedPicture with_infrared = load_image(write_tiff(folder, values, page));
  EXPECT_EQ(pixel(with_infrared.rgb, 40), cv::Vec3b(10, 60, 110));
  EXPECT_TRUE(with_infrared.remarks.has_other_channels);
}

TEST(Tiff, NamesWhatIsNotRead) {
  const TemporaryFolder folder;
  const auto problem_of = [](const fs::path& path) -> std::string {
    try {
      load_image(path);
    } catch (const DataError& error) {
      return error.what();
    }
    return "none";
  };
  Page half{SAMPLEFORMAT_IEEEFP};
  EXPECT_NE(problem_of(write_tiff(folder, ramp<std::uint16_t>(0, 1), half))
                .find("floating point numbers of 16 bits"),
            std::string::npos);
  Page cmyk;
  cmyk.samples = 4;
  cmyk.photometric = PHOTOMETRIC_SEPARATED;
  EXPECT_NE(problem_of(write_tiff(folder, ramp<std::uint16_t>(0, 1, 4), cmyk))
                .find("unsigned numbers of 16 bits that are no gray or RGB"),
            std::string::npos);
  Page real{SAMPLEFORMAT_IEEEFP};
  auto values = ramp<float>(0, 1);
  values[100] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_NE(problem_of(write_tiff(folder, values, real)).find("not finite"), std::string::npos);
  real.photometric = PHOTOMETRIC_MINISWHITE;
  EXPECT_NE(problem_of(write_tiff(folder, ramp<float>(0, 1), real)).find("save it with 0"),
            std::string::npos);
}

// Pages 0 and 2; between them a preview.
fs::path write_pages(const TemporaryFolder& folder) {
  fs::path path = folder.path() / "pages.tif";
  TIFF* tiff = TIFFOpen(path.c_str(), "w");
  Page preview;
  preview.subfile = FILETYPE_REDUCEDIMAGE;
  write_page(tiff, ramp<std::uint8_t>(0, 1), {});
  write_page(tiff, ramp<std::uint8_t>(255, -1), preview);
  write_page(tiff, ramp<std::uint8_t>(7, 0), {});
  TIFFClose(tiff);
  return path;
}

TEST(Tiff, GivesEachOfItsPages) {
  const TemporaryFolder folder;
  const fs::path path = write_pages(folder);
  EXPECT_EQ(count_pages(path), 2);
  expect_ramp(load_image(path, {}, 0).rgb, "first");
  EXPECT_EQ(pixel(load_image(path, {}, 1).rgb, 200), cv::Vec3b(7, 7, 7));
  EXPECT_EQ(pixel(load_mask(path, {}, 1).rgb, 200), cv::Vec3b(7, 7, 7));
  EXPECT_THROW(load_image(path, {}, 2), DataError);
}

TEST(Tiff, OfSeveralPagesIsRefusedWhereOnePictureIsWanted) {
  const TemporaryFolder folder;
  try {
    load_image(write_pages(folder));
    FAIL() << "no error";
  } catch (const DataError& error) {
    EXPECT_NE(std::string(error.what()).find("holds 2 pages"), std::string::npos) << error.what();
  }
}

TEST(Tiff, OfOnePageWithAPreviewIsOnePicture) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "one.tif";
  TIFF* tiff = TIFFOpen(path.c_str(), "w");
  Page preview;
  preview.subfile = FILETYPE_REDUCEDIMAGE;
  write_page(tiff, ramp<std::uint8_t>(0, 1), {});
  write_page(tiff, ramp<std::uint8_t>(255, -1), preview);
  TIFFClose(tiff);
  EXPECT_EQ(count_pages(path), 1);
  expect_ramp(load_image(path).rgb, "the page");
}

// What libtiff would print of it goes nowhere, and what it says of damage into the error.
TEST(Tiff, PrintsNothing) {
  const TemporaryFolder folder;
  const std::string bytes = read_file(write_pages(folder));
  testing::internal::CaptureStderr();
  for (std::size_t cut = 8; cut < bytes.size(); cut += 101) {
    const fs::path path = folder.write("cut.tif", bytes.substr(0, cut));
    EXPECT_THROW(load_image(path, {}, 1), DataError) << cut;
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace flexunet
