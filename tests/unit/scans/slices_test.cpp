// Files and folders of several kinds.
#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <thread>

#include "flexunet/imaging/image_io.h"
#include "flexunet/scans/scans.h"
#include "support/dicom_files.h"
#include "support/temporary_folder.h"
#include "unit/scans/scan_expectations.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

std::string names_below(const fs::path& folder) {
  std::string names;
  for (const ScanSlice& slice : list_slices(folder)) {
    names += slice.name().substr(folder.string().size() + 1) + " ";
  }
  return names;
}

TEST(ListSlices, GoesThroughFoldersInTheNaturalOrderOfPaths) {
  const TemporaryFolder folder;
  const fs::path& root = folder.path();
  DicomSample frames = gray_sample();
  frames.values.insert(frames.values.end(), 12, 5);
  frames.frames = 2;
  write_dicom(root / "b/10", frames);
  write_dicom(root / "b/9.dcm", gray_sample());
  write_png(root / "a/x.png", cv::Mat(2, 3, CV_8UC3, cv::Scalar(1, 2, 3)));
  DicomSample index = gray_sample();  // the pixels are not looked at
  index.others["SOPClassUID"] = "1.2.840.10008.1.3.10";
  write_dicom(root / "DICOMDIR", index);
  folder.write("b/.hidden", "no picture");
  folder.write(".git/b", "no picture");
  EXPECT_EQ(names_below(root), "a/x.png b/9.dcm b/10#1 b/10#2 ");
  const auto slices = list_slices(root);
  EXPECT_EQ(slices[0].size, cv::Size(3, 2));
  EXPECT_EQ(slices[3].index, 1);
}

TEST(ListSlices, TellsEveryFileThatIsWrong) {
  const TemporaryFolder folder;
  const fs::path text = folder.write("notes.txt", "hello");
  const fs::path empty = folder.write("empty.dcm", "");
  const fs::path noise = folder.write("noise.dcm", std::string(300, 'x'));
  const fs::path torn = folder.write("torn.png", "\x89PNG\r\n\x1a\n");
  const fs::path volume = folder.write("volume.nii", "hello");
  write_dicom(folder.path() / "good.dcm", gray_sample());
  std::string message;
  for (const fs::path& path : {text, empty, noise, torn, volume}) {
    message = refusal_of([&] { list_slices(folder.path()); }, path);
  }
  EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 4) << message;
  EXPECT_EQ(message.find("good.dcm"), std::string::npos) << message;
  EXPECT_NE(refusal_of([&] { list_slices(text); }, text).find("NIfTI"), std::string::npos);
}

TEST(ListSlices, RefusesWhatIsNotThere) {
  const TemporaryFolder folder;
  const fs::path missing = folder.path() / "missing";
  EXPECT_NE(refusal_of([&] { list_slices(missing); }, missing), "");
  EXPECT_NE(refusal_of([&] { list_slices(folder.path()); }, folder.path()), "");
}

TEST(ListSlices, RefusesASeriesOfSeveralSizes) {
  const TemporaryFolder folder;
  DicomSample wide = gray_sample();
  wide.width = 3;
  wide.height = 4;
  write_dicom(folder.path() / "1.dcm", gray_sample());
  const fs::path other = write_dicom(folder.path() / "2.dcm", wide);
  write_dicom(folder.path() / "3.dcm", wide);
  const std::string message = refusal_of([&] { list_slices(folder.path()); }, other);
  EXPECT_NE(message.find("3x4"), std::string::npos) << message;
  EXPECT_NE(message.find("4x3"), std::string::npos) << message;
  EXPECT_NE(message.find("series 1.2.3"), std::string::npos) << message;
  EXPECT_EQ(message.find('\n'), std::string::npos) << "told once a series: " << message;
  // Another series, or the same of another patient, may differ.
  wide.series = "1.2.4";
  write_dicom(folder.path() / "2.dcm", wide);
  wide.series = "1.2.3";
  wide.patient = "P2";
  write_dicom(folder.path() / "3.dcm", wide);
  EXPECT_EQ(list_slices(folder.path()).size(), 3U);
}

TEST(ReadSlice, BringsPicturesOf16BitsToARange) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "a.png";
  const cv::Mat values = (cv::Mat_<std::uint16_t>(1, 4) << 100, 1000, 2000, 4100);
  cv::imwrite(path.string(), values);
  const ScanSlice slice = list_slices(path).at(0);
  EXPECT_EQ(gray_values(read_slice(slice, {})), (std::vector<int>{0, 57, 121, 255}));
  ScanIntensity intensity;
  intensity.range = {-1000.0, 4100.0};
  EXPECT_EQ(gray_values(read_slice(slice, intensity)), (std::vector<int>{55, 100, 150, 255}));
}

TEST(ReadSlice, TakesOtherPicturesAsTheyAre) {
  const TemporaryFolder folder;
  const fs::path path = folder.path() / "a.png";
  write_png(path, cv::Mat(1, 1, CV_8UC3, cv::Scalar(1, 200, 3)));
  const ScanSlice slice = list_slices(path).at(0);
  ScanIntensity intensity;
  intensity.range = {0.0, 10.0};
  const std::vector<cv::Vec3b> wanted{{1, 200, 3}};
  EXPECT_EQ(color_values(read_slice(slice, intensity)), wanted);
  EXPECT_EQ(color_values(read_label_slice(slice)), wanted);
}

TEST(ReadSlice, RefusesASliceThatIsNotThere) {
  const TemporaryFolder folder;
  const fs::path path = write_dicom(folder.path() / "a.dcm", gray_sample());
  ScanSlice slice = list_slices(path).at(0);
  slice.index = 1;
  EXPECT_NE(refusal_of([&] { read_slice(slice, {}); }, path), "");
  fs::remove(path);
  EXPECT_NE(refusal_of([&] { read_slice(slice, {}); }, path), "");
}

TEST(ReadSlice, GivesSeveralThreadsTheSame) {
  const TemporaryFolder folder;
  for (int i = 0; i < 8; ++i) {
    DicomSample sample = gray_sample(10 + i);
    sample.transfer_syntax = i % 2 == 0 ? "JPEG-LS" : "RLE";
    write_dicom(folder.path() / (std::to_string(i) + ".dcm"), sample);
  }
  const auto slices = list_slices(folder.path());
  std::vector<std::vector<int>> wanted, read(4 * slices.size());
  for (const ScanSlice& slice : slices) wanted.push_back(gray_values(read_slice(slice, {})));
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < slices.size(); ++i) {
        read[t * slices.size() + i] = gray_values(read_slice(slices[i], {}));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (std::size_t i = 0; i < read.size(); ++i) EXPECT_EQ(read[i], wanted[i % slices.size()]) << i;
}

}  // namespace
}  // namespace flexunet
