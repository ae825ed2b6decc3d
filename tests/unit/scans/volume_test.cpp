// NIfTI and MetaImage, written here byte by byte.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <limits>

#include "flexunet/scans/scans.h"
#include "support/temporary_folder.h"
#include "support/volume_files.h"
#include "unit/scans/scan_expectations.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

using Values = std::vector<int>;

// Values 0..23 in a range of 0..255 are shown as they are.
ScanIntensity as_they_are() {
  ScanIntensity intensity;
  intensity.range = {0.0, 255.0};
  return intensity;
}

Values slice_of(const fs::path& path, std::size_t index, SlicePlane plane = SlicePlane::kAxial) {
  return gray_values(read_slice(list_slices(path, plane).slices.at(index), as_they_are(), plane));
}

TEST(Volume, IsReadInEveryPlane) {
  const TemporaryFolder folder;
  const fs::path path = folder.write("a.nii", nifti_header({}) + bytes_of(counted(24)));
  const auto slices = list_slices(path).slices;
  ASSERT_EQ(slices.size(), 2U);
  EXPECT_EQ(slices[1].name(), path.string() + "#2");
  EXPECT_EQ(slices[1].size, cv::Size(4, 3));
  EXPECT_EQ(slices[1].series, "a.nii");
  EXPECT_EQ(slices[1].patient, "");
  EXPECT_EQ(slice_of(path, 1), (Values{12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}));
  const auto coronal = list_slices(path, SlicePlane::kCoronal).slices;
  ASSERT_EQ(coronal.size(), 3U);
  EXPECT_EQ(coronal[0].size, cv::Size(4, 2));
  EXPECT_EQ(slice_of(path, 1, SlicePlane::kCoronal), (Values{4, 5, 6, 7, 16, 17, 18, 19}));
  const auto sagittal = list_slices(path, SlicePlane::kSagittal).slices;
  ASSERT_EQ(sagittal.size(), 4U);
  EXPECT_EQ(sagittal[0].size, cv::Size(3, 2));
  EXPECT_EQ(slice_of(path, 3, SlicePlane::kSagittal), (Values{3, 7, 11, 15, 19, 23}));
}

TEST(Volume, IsReadGzippedAndInAnyByteOrder) {
  const TemporaryFolder folder;
  Nifti nifti;
  nifti.is_big_endian = true;
  const std::string bytes = nifti_header(nifti) + bytes_of(counted(24), true);
  const Values wanted{12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23};
  EXPECT_EQ(slice_of(folder.write("a.nii", bytes), 1), wanted);
  EXPECT_EQ(slice_of(folder.write("b.nii.gz", gzipped(bytes)), 1), wanted);
  EXPECT_EQ(slice_of(folder.write("c.NII.GZ", gzipped(bytes)), 1), wanted);
  // Joined gzip files are one.
  const std::string joined = gzipped(bytes.substr(0, 360)) + gzipped(bytes.substr(360));
  EXPECT_EQ(slice_of(folder.write("d.nii.gz", joined), 1), wanted);
}

TEST(Volume, IsScaledByItsOwnSlope) {
  const TemporaryFolder folder;
  Nifti nifti;
  nifti.slope = 2.0F;
  nifti.intercept = 10.0F;
  const fs::path path = folder.write("a.nii", nifti_header(nifti) + bytes_of(counted(24)));
  EXPECT_EQ(slice_of(path, 0), (Values{10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32}));
  EXPECT_EQ(gray_values(read_label_slice(list_slices(path).slices.at(0))), slice_of(path, 0));
  EXPECT_EQ(gray_values(read_slice(list_slices(path).slices.at(0), {}))[11], 255) << "own maximum";
}

// What nibabel makes of integer labels that are saved with a scaling of their own.
TEST(Volume, RoundsLabelsThatScalingMovesByHalfAStep) {
  const TemporaryFolder folder;
  Nifti nifti;
  nifti.slope = 2.0F / 255;
  const std::vector<std::int16_t> stored{0, 127, 128, 255};
  nifti.dim = {3, 4, 1, 1, 1, 1, 1, 1};
  const fs::path path = folder.write("a.nii", nifti_header(nifti) + bytes_of(stored));
  EXPECT_EQ(gray_values(read_label_slice(list_slices(path).slices.at(0))),
            (std::vector<int>{0, 1, 1, 2}));
  const fs::path between = folder.write(
      "b.nii", nifti_header(nifti) + bytes_of(std::vector<std::int16_t>{0, 60, 128, 255}));
  EXPECT_NE(refusal_of([&] { read_label_slice(list_slices(between).slices.at(0)); }, between)
                .find("value 0.4705"),
            std::string::npos);
}

TEST(Volume, IsToldByItsContentAndNotByItsEnding) {
  const TemporaryFolder folder;
  const std::string plain = nifti_header({}) + bytes_of(counted(24));
  for (const char* name : {"plain.nii", "plain.nii.gz", "PLAIN.NII.GZ"}) {
    EXPECT_EQ(slice_of(folder.write(name, plain), 0),
              (Values{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}))
        << name;
  }
  for (const char* name : {"packed.nii", "packed.nii.gz", "Packed.Nii.gz"}) {
    EXPECT_EQ(slice_of(folder.write(name, gzipped(plain)), 1),
              (Values{12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23}))
        << name;
  }
}

TEST(MetaImage, IsToldByItsContentAndNotByItsFlag) {
  const TemporaryFolder folder;
  const std::string values = bytes_of(counted(24));
  const auto with_flag = [](const char* flag) {
    return meta_image(std::string("ElementType = MET_SHORT\nCompressedData = ") + flag + "\n",
                      "LOCAL");
  };
  EXPECT_EQ(slice_of(folder.write("a.mha", with_flag("True") + values), 0),
            (Values{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  const std::string many = bytes_of(std::vector<std::int16_t>(24, 7));
  EXPECT_EQ(slice_of(folder.write("b.mha", with_flag("False") + deflated(many)), 1), Values(12, 7));
}

TEST(Volume, InTwoFilesIsRefusedByThatName) {
  const TemporaryFolder folder;
  for (const char* name : {"a.hdr", "a.img"}) {
    const fs::path path = folder.write(name, nifti_header({}));
    EXPECT_NE(refusal_of([&] { list_slices(path); }, path).find("in two files"), std::string::npos);
  }
}

TEST(Volume, KeepsTheValuesOfLabels) {
  const TemporaryFolder folder;
  Nifti nifti;
  nifti.datatype = 16;
  nifti.bits = 32;
  nifti.dim[3] = 1;
  std::vector<float> values(12, 3.0F);
  const fs::path path = folder.write("a.nii", nifti_header(nifti) + bytes_of(values));
  const ScanSlice slice = list_slices(path).slices.at(0);
  EXPECT_EQ(gray_values(read_label_slice(slice)), Values(12, 3));
  for (const float wrong : {1.5F, -1.0F, 256.0F, std::numeric_limits<float>::quiet_NaN()}) {
    values[5] = wrong;
    const fs::path other = folder.write("b.nii", nifti_header(nifti) + bytes_of(values));
    const std::string message =
        refusal_of([&] { read_label_slice(list_slices(other).slices.at(0)); }, other);
    EXPECT_NE(message.find(fmt::format("value {} at x 1, y 1", wrong)), std::string::npos)
        << message;
    fs::remove(other);
  }
}

TEST(Volume, IsRefusedWithValuesThatAreNotFinite) {
  const TemporaryFolder folder;
  Nifti nifti;
  nifti.datatype = 16;
  nifti.bits = 32;
  nifti.dim[3] = 1;
  std::vector<float> values(12, 3.0F);
  values[7] = std::numeric_limits<float>::infinity();
  const fs::path path = folder.write("a.nii", nifti_header(nifti) + bytes_of(values));
  const std::string message = refusal_of([&] { slice_of(path, 0); }, path);
  EXPECT_NE(message.find("row 1 holds a value that is not finite"), std::string::npos) << message;
}

TEST(Volume, IsRefusedWhenTruncatedOrTooLarge) {
  const TemporaryFolder folder;
  const std::string whole = nifti_header({}) + bytes_of(counted(24));
  const std::string packed = gzipped(whole);
  for (const std::size_t kept :
       {std::size_t{1}, std::size_t{100}, std::size_t{351}, whole.size() - 1}) {
    const fs::path path = folder.write("a.nii", whole.substr(0, kept));
    EXPECT_NE(refusal_of([&] { list_slices(path); }, path), "") << kept;
  }
  for (std::size_t kept = 1; kept + 8 < packed.size(); kept += 7) {
    const fs::path path = folder.write("a.nii.gz", packed.substr(0, kept));
    EXPECT_NE(refusal_of([&] { list_slices(path); }, path), "") << kept;
  }
  Nifti huge;
  huge.dim = {3, 32767, 32767, 32767, 1, 1, 1, 1};
  const fs::path path = folder.write("a.nii", nifti_header(huge) + bytes_of(counted(24)));
  EXPECT_NE(refusal_of([&] { list_slices(path); }, path), "");
}

TEST(Volume, IsRefusedForWhatItHolds) {
  const TemporaryFolder folder;
  Nifti nifti;
  nifti.dim = {4, 4, 3, 1, 2, 1, 1, 1};
  fs::path path = folder.write("a.nii", nifti_header(nifti) + bytes_of(counted(24)));
  EXPECT_NE(refusal_of([&] { list_slices(path); }, path).find("4 dimensions"), std::string::npos);
  nifti = {};
  nifti.datatype = 128;
  nifti.bits = 24;
  path = folder.write("a.nii", nifti_header(nifti) + std::string(72, '\0'));
  EXPECT_NE(refusal_of([&] { list_slices(path); }, path).find("RGB24"), std::string::npos);
  path = folder.write(
      "a.mha", meta_image("ElementType = MET_SHORT\nElementNumberOfChannels = 3\n", "LOCAL") +
                   bytes_of(counted(72)));
  EXPECT_NE(refusal_of([&] { list_slices(path); }, path).find("3 values"), std::string::npos);
  path = folder.write("a.mha", meta_image("ElementType = MET_STRING\n", "LOCAL"));
  EXPECT_NE(refusal_of([&] { list_slices(path); }, path).find("MET_STRING"), std::string::npos);
  path = folder.write("a.mhd", meta_image("ElementType = MET_SHORT\n", "LIST"));
  EXPECT_NE(refusal_of([&] { list_slices(path); }, path).find("LIST"), std::string::npos);
  path = folder.write("a.mha", "hello");
  EXPECT_NE(refusal_of([&] { list_slices(path); }, path).find("not MetaImage"), std::string::npos);
}

TEST(MetaImage, IsReadPlainAndCompressed) {
  const TemporaryFolder folder;
  const Values wanted{12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23};
  const std::string plain = bytes_of(counted(24));
  const std::string shorts = "ElementType = MET_SHORT\n";
  EXPECT_EQ(slice_of(folder.write("a.mha", meta_image(shorts, "LOCAL") + plain), 1), wanted);
  const std::string big = "BinaryDataByteOrderMSB = True\nElementType = MET_SHORT\n";
  EXPECT_EQ(
      slice_of(folder.write("b.mha", meta_image(big, "LOCAL") + bytes_of(counted(24), true)), 1),
      wanted);
  const std::string packed = "CompressedData = True\nElementType = MET_SHORT\n";
  const std::string bytes = meta_image(packed, "LOCAL") + deflated(plain);
  EXPECT_EQ(slice_of(folder.write("c.mha", bytes), 1), wanted);
  const fs::path torn = folder.write("d.mha", bytes.substr(0, bytes.size() - 6));
  EXPECT_NE(refusal_of([&] { list_slices(torn); }, torn), "");
}

TEST(MetaImage, IsReadWithItsDataFileBesideIt) {
  const TemporaryFolder folder;
  const fs::path path = folder.write("a.mhd", meta_image("ElementType = MET_SHORT\n", "a.raw"));
  folder.write("a.raw", bytes_of(counted(24)));
  EXPECT_EQ(slice_of(path, 0), (Values{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  EXPECT_EQ(list_slices(folder.path()).slices.size(), 2U) << "the data file is no file of its own";
  folder.write("b.mhd", meta_image("ElementType = MET_SHORT\nHeaderSize = -1\n", "b.raw"));
  folder.write("b.raw", "beginning" + bytes_of(counted(24)));
  EXPECT_EQ(slice_of(folder.path() / "b.mhd", 0), slice_of(path, 0));
  fs::remove(folder.path() / "a.raw");
  fs::last_write_time(path, fs::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_NE(refusal_of([&] { list_slices(path); }, folder.path() / "a.raw"), "");
}

TEST(Volume, IsReadAnewWhenTheFileHasChanged) {
  const TemporaryFolder folder;
  const fs::path path = folder.write("a.nii", nifti_header({}) + bytes_of(counted(24)));
  EXPECT_EQ(slice_of(path, 0)[1], 1);
  folder.write("a.nii", nifti_header({}) + bytes_of(counted(24, 2)));
  fs::last_write_time(path, fs::last_write_time(path) + std::chrono::seconds(1));
  EXPECT_EQ(slice_of(path, 0)[1], 2);
}

}  // namespace
}  // namespace flexunet
