// What becomes of gray values of DICOM: padding, windows, look-up tables.
#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "flexunet/base/files.h"
#include "flexunet/scans/scans.h"
#include "support/dicom_files.h"
#include "support/temporary_folder.h"
#include "unit/scans/scan_expectations.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

using Values = std::vector<int>;

ScanIntensity by_window() {
  ScanIntensity intensity;
  intensity.use_window = true;
  return intensity;
}

ScanIntensity by_range(double low, double high) {
  ScanIntensity intensity;
  intensity.range = {low, high};
  return intensity;
}

class DicomWindows : public testing::Test {
 protected:
  Values grays(const DicomSample& sample, const ScanIntensity& intensity = {}) const {
    return grays_of(dicom_file(sample), intensity);
  }
  Values grays_of(const std::string& bytes, const ScanIntensity& intensity = {}) const {
    const fs::path path = folder_.write("a.dcm", bytes);
    return gray_values(read_slice(list_slices(path).slices.at(0), intensity));
  }
  std::string refusal(const DicomSample& sample, const ScanIntensity& intensity = {}) const {
    const fs::path path = folder_.write("a.dcm", dicom_file(sample));
    return refusal_of([&] { read_slice(list_slices(path).slices.at(0), intensity); }, path);
  }

 private:
  TemporaryFolder folder_;
};

DicomSample row_of(Values values, bool is_signed = false) {
  DicomSample sample;
  sample.width = static_cast<int>(values.size());
  sample.height = 1;
  sample.bits_stored = 16;
  sample.is_signed = is_signed;
  sample.values = std::move(values);
  return sample;
}

DicomSample padded(bool is_signed) {
  DicomSample sample =
      is_signed ? row_of({-2000, -100, 0, 100}, true) : row_of({63536, 0, 100, 200});
  sample.others["PixelPaddingValue"] = is_signed ? "-2000" : "63536";
  return sample;
}

TEST_F(DicomWindows, LeavePaddingOutAndBlack) {
  for (const bool is_signed : {false, true}) {
    for (const char* syntax : {"", "implicit", "big endian", "RLE"}) {
      DicomSample sample = padded(is_signed);
      sample.transfer_syntax = syntax;
      EXPECT_EQ(grays(sample), (Values{0, 0, 128, 255})) << syntax << is_signed;
      sample.color_space = "MONOCHROME1";
      EXPECT_EQ(grays(sample), (Values{0, 255, 127, 0})) << syntax << is_signed;
    }
  }
}

TEST_F(DicomWindows, LeavePaddingBlackWithARangeOrAWindow) {
  DicomSample sample = padded(true);
  EXPECT_EQ(grays(sample, by_range(-3000, 2000)), (Values{0, 148, 153, 158}));
  sample.others["WindowCenter"] = "-1999.5";
  sample.others["WindowWidth"] = "4001";
  EXPECT_EQ(grays(sample, by_window()), (Values{0, 249, 255, 255}));
  sample.color_space = "MONOCHROME1";
  EXPECT_EQ(grays(sample, by_window()), (Values{0, 6, 0, 0}));
  sample.others["RescaleSlope"] = "-2";
  EXPECT_EQ(grays(sample), (Values{0, 0, 127, 255})) << "padding is a value before the slope";
}

TEST_F(DicomWindows, TakeTheSignOfPaddingFromThePixels) {
  const std::string bytes = dicom_file(padded(true));
  const std::string written("\x28\0\x20\x01SS\x02\0", 8);
  const std::size_t at = bytes.find(written);
  ASSERT_NE(at, std::string::npos);
  for (const std::string& type : {std::string("US\x02\0", 4), std::string("UN\0\0\x02\0\0\0", 8)}) {
    std::string other = bytes;
    other.replace(at + 4, 4, type);
    EXPECT_EQ(grays_of(other), (Values{0, 0, 128, 255})) << type;
  }
}

TEST_F(DicomWindows, LeaveOutWhatLiesBetweenTheEndsOfPadding) {
  for (const bool is_turned : {false, true}) {
    DicomSample sample = row_of({-2000, -1900, -1500, -1499, 1}, true);
    sample.others["PixelPaddingValue"] = is_turned ? "-1500" : "-2000";
    sample.others["PixelPaddingRangeLimit"] = is_turned ? "-2000" : "-1500";
    EXPECT_EQ(grays(sample), (Values{0, 0, 0, 0, 255})) << is_turned;
  }
  DicomSample sample = row_of({0, 65000, 65535, 100, 50});
  sample.others["PixelPaddingValue"] = "65000";
  sample.others["PixelPaddingRangeLimit"] = "65535";
  EXPECT_EQ(grays(sample), (Values{0, 0, 0, 255, 128}));
  sample.others.erase("PixelPaddingValue");
  EXPECT_NE(refusal(sample).find("PixelPaddingRangeLimit without"), std::string::npos);
}

TEST_F(DicomWindows, KeepPaddingThatIsEverywhereOrNowhere) {
  DicomSample sample = row_of({7, 7, 7});
  sample.others["PixelPaddingValue"] = "7";
  EXPECT_EQ(grays(sample), (Values{0, 0, 0}));
  sample.color_space = "MONOCHROME1";
  EXPECT_EQ(grays(sample), (Values{0, 0, 0}));
  sample = row_of({1, 2, 3});
  sample.others["PixelPaddingValue"] = "9";
  EXPECT_EQ(grays(sample), (Values{0, 128, 255}));
}

TEST(DicomLabels, KnowNoPadding) {
  const TemporaryFolder folder;
  DicomSample sample = row_of({0, 1, 2, 255});
  sample.others["PixelPaddingValue"] = "2";
  const fs::path path = write_dicom(folder.path() / "a.dcm", sample);
  EXPECT_EQ(gray_values(read_label_slice(list_slices(path).slices.at(0))), sample.values);
}

DicomSample with_table(Values values, const std::string& descriptor, const std::string& data,
                       bool is_signed = false) {
  DicomSample sample = row_of(std::move(values), is_signed);
  sample.others["VOILUTSequence[0].LUTDescriptor"] = descriptor;
  sample.others["VOILUTSequence[0].LUTData"] = data;
  return sample;
}

TEST_F(DicomWindows, AreTablesWhereThereIsNoWindow) {
  for (const char* syntax : {"", "implicit", "big endian", "JPEG-LS"}) {
    // What lies outside takes the nearest end; 4095 of 12 bits is white.
    DicomSample sample = with_table({9, 10, 11, 12, 13}, "3\\10\\12", "0\\2048\\4095");
    sample.transfer_syntax = syntax;
    EXPECT_EQ(grays(sample, by_window()), (Values{0, 0, 128, 255, 255})) << syntax;
    EXPECT_EQ(grays(sample), (Values{0, 64, 128, 191, 255})) << "not asked for";
    sample.color_space = "MONOCHROME1";
    EXPECT_EQ(grays(sample, by_window()), (Values{255, 255, 127, 0, 0})) << syntax;
  }
  EXPECT_EQ(grays(with_table({0, 1, 2}, "3\\0\\8", "200\\100\\7"), by_window()),
            (Values{200, 100, 7}));
  // Two entries of 8 bits in each word.
  EXPECT_EQ(grays(with_table({0, 1, 2, 3}, "4\\0\\8", "25800\\1792"), by_window()),
            (Values{200, 100, 0, 7}));
}

TEST_F(DicomWindows, AreTablesThatBeginBelowZero) {
  const std::string data = "0\\32768\\65535";
  for (const char* syntax : {"", "implicit", "big endian"}) {
    DicomSample sample = with_table({-6, -5, -4, -3, 9}, "3\\-5\\16", data, true);
    sample.transfer_syntax = syntax;
    EXPECT_EQ(grays(sample, by_window()), (Values{0, 0, 128, 255, 255})) << syntax;
    // Without a sign of its own: rescaling can make values that have one.
    sample = with_table({18, 19, 20, 21, 33}, "3\\65531\\16", data);
    sample.others["RescaleIntercept"] = "-24";
    sample.transfer_syntax = syntax;
    EXPECT_EQ(grays(sample, by_window()), (Values{0, 0, 128, 255, 255})) << syntax;
  }
}

TEST_F(DicomWindows, AreTablesOf65536Entries) {
  std::string data = "0";
  for (int i = 1; i < 65536; ++i) data += "\\" + std::to_string(i == 65535 ? 65535 : i / 2);
  const DicomSample sample = with_table({0, 514, 65534, 65535}, "0\\0\\16", data);
  EXPECT_EQ(grays(sample, by_window()), (Values{0, 1, 127, 255}));
}

TEST_F(DicomWindows, ComeBeforeTables) {
  DicomSample sample = with_table({0, 1, 2}, "3\\0\\8", "200\\100\\7");
  sample.others["WindowCenter"] = "1.5";
  sample.others["WindowWidth"] = "3";
  EXPECT_EQ(grays(sample, by_window()), (Values{0, 128, 255}));
  sample.others["WindowWidth"] = "";
  EXPECT_EQ(grays(sample, by_window()), (Values{200, 100, 7})) << "half a window is none";
}

TEST_F(DicomWindows, MayStandInFunctionalGroups) {
  DicomSample sample = row_of({0, 1, 2});
  const std::string group = "PerFrameFunctionalGroupsSequence[0].FrameVOILUTSequence[0].";
  sample.others[group + "VOILUTSequence[0].LUTDescriptor"] = "3\\0\\8";
  sample.others[group + "VOILUTSequence[0].LUTData"] = "200\\100\\7";
  EXPECT_EQ(grays(sample, by_window()), (Values{200, 100, 7}));
}

TEST_F(DicomWindows, AreRefusedWhereTheyCannotBeUsed) {
  const auto tells = [&](const DicomSample& sample, const char* what) {
    const std::string message = refusal(sample, by_window());
    return message.find(what) != std::string::npos;
  };
  EXPECT_TRUE(tells(with_table({0, 1}, "3\\0\\16", "1\\2"), "VOILUTSequence holds 2 of 3 entries"));
  EXPECT_TRUE(tells(with_table({0, 1}, "3\\0\\6", "1\\2\\3"), "6 bits an entry"));
  EXPECT_TRUE(tells(with_table({0, 1}, "3\\0", "1\\2\\3"), "no complete description"));
  DicomSample sample = row_of({0, 1});
  sample.others["WindowCenter"] = "1";
  EXPECT_TRUE(tells(sample, "WindowCenter without WindowWidth"));
}

TEST(WithoutWindow, AreCountedOrRefusedBesideOthers) {
  const TemporaryFolder folder;
  DicomSample sample = gray_sample();
  for (const char* name : {"a/1.dcm", "a/2.dcm"}) write_dicom(folder.path() / name, sample);
  EXPECT_EQ(count_without_window(list_slices(folder.path()).slices), 2U);
  sample.others = {{"WindowCenter", "100"}, {"WindowWidth", "50"}};
  sample.series = "1.2.4";
  write_dicom(folder.path() / "b/1.dcm", sample);
  EXPECT_EQ(count_without_window(list_slices(folder.path()).slices), 2U) << "another series";
  sample = with_table({0, 1, 2, 3}, "3\\0\\8", "200\\100\\7");
  sample.height = 1;
  sample.series = "1.2.4";
  EXPECT_EQ(count_without_window(list_slices(folder.path() / "b").slices), 0U);
  DicomSample bare = gray_sample();
  bare.series = "1.2.4";
  const fs::path two = write_dicom(folder.path() / "b/2.dcm", bare);
  write_dicom(folder.path() / "b/3.dcm", bare);
  std::string message =
      refusal_of([&] { count_without_window(list_slices(folder.path()).slices); }, two);
  EXPECT_NE(message.find("b/3.dcm"), std::string::npos) << message;
  EXPECT_EQ(message.find("a/1.dcm: "), std::string::npos) << message;
}

}  // namespace
}  // namespace flexunet
