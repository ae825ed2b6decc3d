// Layouts and values of uncompressed DICOM.
#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "flexunet/base/error.h"
#include "flexunet/scans/scans.h"
#include "support/dicom_files.h"
#include "support/temporary_folder.h"
#include "unit/scans/scan_expectations.h"

namespace flexunet {
namespace {

class Dicom : public ::testing::Test {
 protected:
  // The gray values of frame `index` of the sample.
  std::vector<int> grays(const DicomSample& sample, const ScanIntensity& intensity = {},
                         std::size_t index = 0) {
    const auto slices = list_slices(write_dicom(folder_.path() / "a.dcm", sample)).slices;
    return gray_values(read_slice(slices.at(index), intensity));
  }
  std::vector<cv::Vec3b> colors(const DicomSample& sample) {
    const auto slices = list_slices(write_dicom(folder_.path() / "a.dcm", sample)).slices;
    return color_values(read_slice(slices.at(0), {}));
  }
  std::string refusal(const DicomSample& sample) {
    const auto path = write_dicom(folder_.path() / "a.dcm", sample);
    return refusal_of([&] { read_slice(list_slices(path).slices.at(0), {}); }, path);
  }

  TemporaryFolder folder_;
};

DicomSample row_of(std::vector<int> values) {
  DicomSample sample;
  sample.width = static_cast<int>(values.size());
  sample.height = 1;
  sample.values = std::move(values);
  return sample;
}

using Values = std::vector<int>;

TEST_F(Dicom, MapsMinimumToMaximum) {
  EXPECT_EQ(grays(row_of({100, 101, 103, 104})), (Values{0, 64, 191, 255}));
  EXPECT_EQ(grays(row_of({7, 7, 7, 7})), (Values{0, 0, 0, 0}));
}

TEST_F(Dicom, Reads8And16BitsAnd32) {
  DicomSample sample = row_of({0, 51, 102, 255});
  sample.bits_allocated = sample.bits_stored = 8;
  EXPECT_EQ(grays(sample), (Values{0, 51, 102, 255}));
  sample = row_of({0, 257, 32896, 65535});
  sample.bits_stored = 16;
  EXPECT_EQ(grays(sample), (Values{0, 1, 128, 255}));
  sample = row_of({0, 1'000'000, 2'000'000, 4'000'000});
  sample.bits_allocated = sample.bits_stored = 32;
  EXPECT_EQ(grays(sample), (Values{0, 64, 128, 255}));
}

TEST_F(Dicom, ReadsTheBitsInUseAlone) {
  // Twelve bits from bit 4 up; an overlay sits in the lowest.
  DicomSample sample = row_of({0x000F, 0x0330, 0x066F, 0x0FF1});
  sample.high_bit = 15;
  EXPECT_EQ(grays(sample), (Values{0, 51, 102, 255}));
}

TEST_F(Dicom, ReadsSignedValues) {
  DicomSample sample = row_of({-1024, -1, 0, 1023});
  sample.is_signed = true;
  EXPECT_EQ(grays(sample), (Values{0, 127, 128, 255}));
  // Twelve bits whose sign is not extended.
  sample.values = {0xC00, 0xFFF, 0, 1023};
  EXPECT_EQ(grays(sample), (Values{0, 127, 128, 255}));
}

TEST_F(Dicom, InvertsMonochrome1) {
  DicomSample sample = row_of({0, 51, 102, 255});
  sample.color_space = "MONOCHROME1";
  EXPECT_EQ(grays(sample), (Values{255, 204, 153, 0}));
}

TEST_F(Dicom, RescalesBeforeARange) {
  DicomSample sample = row_of({0, 1024, 1124, 2000});
  sample.others = {{"RescaleSlope", "2"}, {"RescaleIntercept", "-2048"}};
  ScanIntensity intensity;
  intensity.range = {0.0, 1000.0};
  EXPECT_EQ(grays(sample, intensity), (Values{0, 0, 51, 255}));
  sample.others = {{"RescaleSlope", "-1"}, {"RescaleIntercept", "0"}};
  EXPECT_EQ(grays(sample), (Values{255, 124, 112, 0}));
}

TEST_F(Dicom, UsesItsWindowWhenAskedTo) {
  DicomSample sample = row_of({0, 100, 200, 300});
  sample.others = {{"WindowCenter", "150.5\\0"}, {"WindowWidth", "101\\1"}};
  ScanIntensity intensity;
  intensity.use_window = true;
  EXPECT_EQ(grays(sample, intensity), (Values{0, 0, 255, 255}));
  sample.values = {100, 110, 150, 200};
  EXPECT_EQ(grays(sample, intensity), (Values{0, 26, 128, 255}));
  EXPECT_EQ(grays(sample), (Values{0, 26, 128, 255})) << "its own range is the same";
  sample.values = {0, 110, 150, 400};
  EXPECT_EQ(grays(sample, intensity), (Values{0, 26, 128, 255}));
  EXPECT_EQ(grays(sample), (Values{0, 70, 96, 255}));
  sample.others["VOILUTFunction"] = "LINEAR_EXACT";
  sample.others["WindowCenter"] = "150";
  sample.others["WindowWidth"] = "100";
  EXPECT_EQ(grays(sample, intensity), (Values{0, 26, 128, 255}));
  // Without a window the range counts.
  sample.others.clear();
  intensity.range = {0.0, 510.0};
  EXPECT_EQ(grays(sample, intensity), (Values{0, 55, 75, 200}));
}

TEST_F(Dicom, ReadsFrames) {
  DicomSample sample = row_of({0, 1, 2, 3, 5, 5, 5, 15, 9, 8, 7, 6});
  sample.width = 4;
  sample.frames = 3;
  const auto slices = list_slices(write_dicom(folder_.path() / "b.dcm", sample)).slices;
  ASSERT_EQ(slices.size(), 3U);
  EXPECT_EQ(slices[1].name(), (folder_.path() / "b.dcm#2").string());
  EXPECT_EQ(grays(sample, {}, 0), (Values{0, 85, 170, 255}));
  EXPECT_EQ(grays(sample, {}, 1), (Values{0, 0, 0, 255}));
  EXPECT_EQ(grays(sample, {}, 2), (Values{255, 170, 85, 0}));
}

TEST_F(Dicom, ReadsOddFramesOf8BitsInAnyByteOrder) {
  for (const char* syntax : {"", "implicit", "big endian", "deflated"}) {
    DicomSample sample = row_of({0, 5, 255, 255, 0, 5, 5, 255, 0});
    sample.width = 3;
    sample.frames = 3;
    sample.bits_allocated = sample.bits_stored = 8;
    sample.transfer_syntax = syntax;
    EXPECT_EQ(grays(sample, {}, 1), (Values{255, 0, 5})) << syntax;
    EXPECT_EQ(grays(sample, {}, 2), (Values{5, 255, 0})) << syntax;
    sample = gray_sample();
    const Values wanted = grays(sample);
    sample.transfer_syntax = syntax;
    EXPECT_EQ(grays(sample), wanted) << syntax;
  }
}

TEST_F(Dicom, ReadsSingleBitsThatBeginWithinAByte) {
  DicomSample sample = row_of({0, 1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1});
  sample.width = 5;
  sample.frames = 3;
  sample.bits_allocated = sample.bits_stored = 1;
  EXPECT_EQ(grays(sample, {}, 0), (Values{0, 255, 255, 0, 255}));
  EXPECT_EQ(grays(sample, {}, 1), (Values{255, 0, 0, 255, 0}));
  EXPECT_EQ(grays(sample, {}, 2), (Values{0, 255, 0, 0, 255}));
}

TEST_F(Dicom, ReadsColorsInBothOrders) {
  DicomSample sample;
  sample.width = 2;
  sample.height = 1;
  sample.bits_allocated = sample.bits_stored = 8;
  sample.samples = 3;
  sample.color_space = "RGB";
  sample.values = {10, 20, 30, 40, 50, 60};
  EXPECT_EQ(colors(sample), (std::vector<cv::Vec3b>{{10, 20, 30}, {40, 50, 60}}));
  sample.is_planar = true;
  EXPECT_EQ(colors(sample), (std::vector<cv::Vec3b>{{10, 30, 50}, {20, 40, 60}}));
  sample.is_planar = false;
  sample.color_space = "YBR_FULL";
  sample.values = {76, 85, 255, 100, 128, 128};  // red, and a gray
  EXPECT_EQ(colors(sample), (std::vector<cv::Vec3b>{{254, 0, 0}, {100, 100, 100}}));
}

// Pixels of four values about `first`, the second of a palette of two colours.
DicomSample palette_sample(int first) {
  DicomSample sample = row_of({first - 1, first, first + 1, first + 2});
  sample.color_space = "PALETTE COLOR";
  for (const char* color : {"Red", "Green", "Blue"}) {
    sample.others[std::string(color) + "PaletteColorLookupTableDescriptor"] =
        "2\\" + std::to_string(first) + "\\16";
  }
  sample.others["RedPaletteColorLookupTableData"] = "256\\65280";
  sample.others["GreenPaletteColorLookupTableData"] = "512\\32768";
  sample.others["BluePaletteColorLookupTableData"] = "768\\16384";
  return sample;
}

// What lies outside the table takes its nearest end.
const std::vector<cv::Vec3b> kPaletteColors{{1, 2, 3}, {1, 2, 3}, {255, 128, 64}, {255, 128, 64}};

TEST_F(Dicom, ReadsPalettes) {
  DicomSample sample = palette_sample(10);
  sample.bits_allocated = sample.bits_stored = 8;
  EXPECT_EQ(colors(sample), kPaletteColors);
}

// They describe themselves in signed words, which is another type where types are written.
TEST_F(Dicom, ReadsPalettesOfSignedPixels) {
  DicomSample sample = palette_sample(-1);
  sample.is_signed = true;
  for (const char* syntax : {"", "implicit", "big endian"}) {
    sample.transfer_syntax = syntax;
    EXPECT_EQ(colors(sample), kPaletteColors) << syntax;
  }
}

TEST_F(Dicom, KeepsTheValuesOfLabels) {
  DicomSample sample = row_of({0, 1, 2, 255});
  sample.others = {{"RescaleSlope", "2"}, {"RescaleIntercept", "-5"}};
  sample.color_space = "MONOCHROME1";
  const auto path = write_dicom(folder_.path() / "a.dcm", sample);
  EXPECT_EQ(gray_values(read_label_slice(list_slices(path).slices.at(0))), sample.values);
  sample.values = {0, 1, 256, 3};
  write_dicom(path, sample);
  const std::string message =
      refusal_of([&] { read_label_slice(list_slices(path).slices.at(0)); }, path);
  EXPECT_NE(message.find("value 256 at x 2, y 0"), std::string::npos) << message;
}

TEST_F(Dicom, TellsPatientSeriesAndSize) {
  DicomSample sample = gray_sample();
  sample.patient = "Anna";
  sample.series = "1.2.840.1";
  const auto slices = list_slices(write_dicom(folder_.path() / "IM0001", sample)).slices;
  ASSERT_EQ(slices.size(), 1U);
  EXPECT_EQ(slices[0].patient, "Anna");
  EXPECT_EQ(slices[0].series, "1.2.840.1");
  EXPECT_EQ(slices[0].size, cv::Size(4, 3));
  EXPECT_EQ(slices[0].count, 1);
}

// DCMTK calls itself for each level and ends on its stack.
TEST_F(Dicom, RefusesWhatCrashesTheLibrary) {
  const std::string bytes = dicom_file(gray_sample());
  const std::string level("\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff", 20);
  std::string nested = bytes.substr(0, bytes.find(std::string("\x08\0\x16\0UI", 6)));
  for (int i = 0; i < 200'000; ++i) nested += level;
  const auto path = folder_.write("nested.dcm", nested);
  EXPECT_NE(refusal_of([&] { list_slices(path); }, path), "");
}

TEST_F(Dicom, RefusesWhatItCannotRead) {
  DicomSample sample = gray_sample();
  sample.others["VOILUTFunction"] = "SIGMOID";
  sample.others["WindowCenter"] = "1";
  sample.others["WindowWidth"] = "2";
  EXPECT_EQ(refusal(sample), "") << "no window is asked for";
  sample = gray_sample();
  sample.color_space = "HSV";
  EXPECT_NE(refusal(sample).find("HSV"), std::string::npos);
  sample = gray_sample();
  sample.high_bit = 16;
  EXPECT_NE(refusal(sample).find("bits stored"), std::string::npos);
  sample = gray_sample();
  sample.frames = 2;
  EXPECT_NE(refusal(sample).find("truncated: 2 frames of 4x3"), std::string::npos);
  sample = gray_sample();
  sample.width = sample.height = 65535;
  EXPECT_NE(refusal(sample).find("65535x65535"), std::string::npos);
  sample = gray_sample();
  sample.others["RescaleSlope"] = "0";
  EXPECT_NE(refusal(sample).find("RescaleSlope"), std::string::npos);
}

}  // namespace
}  // namespace flexunet
