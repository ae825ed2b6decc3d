#include "generator/phantom/dicom_phantom.h"

#include <gtest/gtest.h>

#include <opencv2/core.hpp>
#include <set>
#include <string>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/scans/scans.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

constexpr int kSize = 64;
constexpr std::uint64_t kSeed = 137;

ScanPhantomRequest request_for(const fs::path& out) { return {out, 20, kSize, kSeed}; }

double difference(const cv::Mat& a, const cv::Mat& b) {
  return cv::norm(a, b, cv::NORM_L1) / static_cast<double>(a.total());
}

TEST(ScanPhantom, NeighboursInAKneeAreCloserThanKnees) {
  for (const std::uint64_t seed : {kSeed, std::uint64_t{1}}) {
    for (int slice = 0; slice + 1 < kSlicesPerPatient; ++slice) {
      const ScanPhantom here = make_scan_phantom(kSize, seed, slice);
      const ScanPhantom next = make_scan_phantom(kSize, seed, slice + 1);
      const ScanPhantom other = make_scan_phantom(kSize, seed, kSlicesPerPatient + slice);
      // The noise, which no two slices share, is part of both.
      EXPECT_LT(1.5 * difference(here.values, next.values), difference(here.values, other.values));
      const double changed = difference(here.class_mask, next.class_mask);
      EXPECT_GT(changed, 0.0) << "slice " << slice;
      EXPECT_LT(3 * changed, difference(here.class_mask, other.class_mask)) << "slice " << slice;
    }
  }
}

TEST(ScanPhantom, UsesTwelveBitsAndDependsOnSeedAndIndexAlone) {
  const ScanPhantom first = make_scan_phantom(kSize, kSeed, 3);
  make_scan_phantom(kSize, kSeed, 4);
  EXPECT_EQ(difference(first.values, make_scan_phantom(kSize, kSeed, 3).values), 0.0);
  EXPECT_GT(difference(first.values, make_scan_phantom(kSize, kSeed + 1, 3).values), 0.0);
  double low = 0, high = 0;
  cv::minMaxIdx(first.values, &low, &high);
  EXPECT_GT(high, 2000.0);
  EXPECT_LE(high, 4095.0);
}

TEST(WriteScanPhantoms, WritesWhatOurReaderReads) {
  const TemporaryFolder folder;
  write_scan_phantoms(request_for(folder.path() / "a"));
  const auto images = list_slices(folder.path() / "a/images").slices;
  const auto masks = list_slices(folder.path() / "a/masks").slices;
  ASSERT_EQ(images.size(), 20U);
  ASSERT_EQ(masks.size(), images.size());
  ScanIntensity as_stored;
  as_stored.range = {0.0, 4095.0};
  for (std::size_t i = 0; i < images.size(); ++i) {
    const ScanPhantom phantom = make_scan_phantom(kSize, kSeed, static_cast<int>(i));
    cv::Mat wanted;
    phantom.values.convertTo(wanted, CV_8U, 255.0 / 4095.0);
    cv::Mat read;
    cv::extractChannel(read_slice(images[i], as_stored), read, 1);
    EXPECT_LE(cv::norm(read, wanted, cv::NORM_INF), 1.0) << i;
    cv::extractChannel(read_label_slice(masks[i]), read, 1);
    EXPECT_EQ(cv::norm(read, phantom.class_mask * 255, cv::NORM_INF), 0.0) << i;
    EXPECT_EQ(fs::relative(images[i].file, folder.path() / "a/images").replace_extension(),
              fs::relative(masks[i].file, folder.path() / "a/masks").replace_extension());
  }
}

TEST(WriteScanPhantoms, NamesPatientsAndSeries) {
  const TemporaryFolder folder;
  write_scan_phantoms(request_for(folder.path() / "a"));
  std::set<std::string> patients, series;
  for (const ScanSlice& slice : list_slices(folder.path() / "a/images").slices) {
    EXPECT_EQ(slice.patient, slice.file.parent_path().filename().string());
    patients.insert(slice.patient);
    series.insert(slice.series);
  }
  EXPECT_EQ(patients, (std::set<std::string>{"P001", "P002", "P003"}));
  EXPECT_EQ(series.size(), patients.size());
}

TEST(WriteScanPhantoms, GivesTheSameBytesForTheSameSeed) {
  const TemporaryFolder folder;
  write_scan_phantoms(request_for(folder.path() / "a"));
  write_scan_phantoms(request_for(folder.path() / "b"));
  ScanPhantomRequest other = request_for(folder.path() / "c");
  other.seed = kSeed + 1;
  write_scan_phantoms(other);
  for (const char* name : {"images/P001/01.dcm", "images/P003/04.dcm", "masks/P002/08.png"}) {
    const std::string bytes = read_file(folder.path() / "a" / name);
    EXPECT_EQ(bytes, read_file(folder.path() / "b" / name)) << name;
    EXPECT_NE(bytes, read_file(folder.path() / "c" / name)) << name;
  }
}

TEST(WriteScanPhantoms, RefusesWhatItCannotWriteAndLeavesNothing) {
  const TemporaryFolder folder;
  const fs::path mine = folder.write("out/mine.txt", "x");
  EXPECT_THROW(write_scan_phantoms(request_for(folder.path() / "out")), OutputError);
  EXPECT_EQ(list_files(folder.path() / "out").size(), 1U);
  EXPECT_THROW(write_scan_phantoms(request_for(mine / "below")), OutputError);
  ScanPhantomRequest request = request_for(folder.path() / "a");
  request.count = 9;
  EXPECT_THROW(write_scan_phantoms(request), ConfigError);
  request.count = 10;
  request.size = 15;
  EXPECT_THROW(write_scan_phantoms(request), ConfigError);
  EXPECT_FALSE(fs::exists(folder.path() / "a"));
}

}  // namespace
}  // namespace flexunet
