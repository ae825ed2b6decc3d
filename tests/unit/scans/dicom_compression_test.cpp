// Compressed DICOM, as DCMTK's encoders write it, and what is refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "flexunet/base/files.h"
#include "flexunet/scans/scans.h"
#include "support/dicom_files.h"
#include "support/temporary_folder.h"
#include "unit/scans/scan_expectations.h"

namespace flexunet {
namespace {

class CompressedDicom : public ::testing::Test {
 protected:
  std::filesystem::path write(const DicomSample& sample) {
    return write_dicom(folder_.path() / "a.dcm", sample);
  }
  // The pixels of every frame, one after the other.
  std::vector<cv::Vec3b> pixels(const DicomSample& sample) {
    std::vector<cv::Vec3b> all;
    for (const ScanSlice& slice : list_slices(write(sample)).slices) {
      const auto frame = color_values(read_slice(slice, full_range_of(sample)));
      all.insert(all.end(), frame.begin(), frame.end());
    }
    return all;
  }
  static ScanIntensity full_range_of(const DicomSample& sample) {
    ScanIntensity intensity;
    const double most = (1 << sample.bits_stored) - 1;
    intensity.range = sample.is_signed ? std::pair{-most / 2, most / 2} : std::pair{0.0, most};
    return intensity;
  }

  TemporaryFolder folder_;
};

// Two smooth frames: lossy compression changes them little.
DicomSample smooth_sample(int bits_allocated, int bits_stored, int samples = 1) {
  DicomSample sample;
  sample.width = 23;  // an odd number of bytes a frame
  sample.height = 17;
  sample.frames = 2;
  sample.bits_allocated = bits_allocated;
  sample.bits_stored = bits_stored;
  sample.samples = samples;
  if (samples == 3) sample.color_space = "RGB";
  const int most = (1 << bits_stored) - 1;
  for (int frame = 0; frame < 2; ++frame) {
    for (int y = 0; y < sample.height; ++y) {
      for (int x = 0; x < sample.width * samples; ++x) {
        const int bright = most * (x / samples + y) / (sample.width + sample.height);
        sample.values.push_back(frame == 0 ? bright : most - bright);
      }
    }
  }
  return sample;
}

TEST_F(CompressedDicom, IsTheSameWhereNothingIsLost) {
  for (const char* syntax : {"JPEG lossless", "JPEG-LS", "RLE"}) {
    for (DicomSample sample : {smooth_sample(8, 8), smooth_sample(16, 12), smooth_sample(16, 16),
                               smooth_sample(8, 8, 3)}) {
      const auto wanted = pixels(sample);
      sample.transfer_syntax = syntax;
      EXPECT_EQ(pixels(sample), wanted) << syntax << ", " << sample.bits_stored << " bits";
    }
  }
}

TEST_F(CompressedDicom, IsAlmostTheSameAsJpeg) {
  for (DicomSample sample : {smooth_sample(8, 8), smooth_sample(16, 12), smooth_sample(8, 8, 3)}) {
    const auto wanted = pixels(sample);
    sample.transfer_syntax = sample.bits_stored == 8 ? "JPEG baseline" : "JPEG extended";
    const auto read = pixels(sample);
    ASSERT_EQ(read.size(), wanted.size());
    int worst = 0;
    for (std::size_t i = 0; i < read.size(); ++i) {
      for (int c = 0; c < 3; ++c) worst = std::max(worst, std::abs(read[i][c] - wanted[i][c]));
    }
    EXPECT_LE(worst, 6) << sample.bits_stored << " bits, " << sample.samples << " samples";
    EXPECT_NE(read, wanted) << "nothing was compressed";
  }
}

TEST_F(CompressedDicom, KeepsSignAndLabels) {
  DicomSample sample = smooth_sample(16, 16);
  sample.is_signed = true;
  for (int& value : sample.values) value -= 32768;
  const auto wanted = pixels(sample);
  sample.transfer_syntax = "JPEG-LS";
  EXPECT_EQ(pixels(sample), wanted);
  sample = smooth_sample(8, 8);
  sample.transfer_syntax = "RLE";
  const auto slices = list_slices(write(sample)).slices;
  auto labels = gray_values(read_label_slice(slices.at(0)));
  const auto second = gray_values(read_label_slice(slices.at(1)));
  labels.insert(labels.end(), second.begin(), second.end());
  EXPECT_EQ(labels, sample.values);
}

TEST_F(CompressedDicom, IsRefusedByTheNameOfItsTransferSyntax) {
  DicomSample sample = smooth_sample(16, 12);
  sample.transfer_syntax = "JPEG lossless";
  const std::string bytes = dicom_file(sample);
  const auto refusal = [&](const std::string& uid) {
    const auto path = folder_.write("refused.dcm", with_transfer_syntax(bytes, uid));
    return refusal_of([&] { list_slices(path); }, path);
  };
  const std::string jpeg_2000 = refusal("1.2.840.10008.1.2.4.90");
  EXPECT_NE(jpeg_2000.find("JPEG2000"), std::string::npos) << jpeg_2000;
  EXPECT_NE(jpeg_2000.find("1.2.840.10008.1.2.4.90"), std::string::npos) << jpeg_2000;
  EXPECT_NE(jpeg_2000.find("convert"), std::string::npos) << jpeg_2000;
  // What DCMTK knows of these depends on its release: an unknown one, encapsulated but
  // uncompressed, JPIP, MPEG-4, JPEG XL, high-throughput JPEG 2000, deflated frames.
  for (const char* uid :
       {"1.2.3.4.5", "1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.4.94", "1.2.840.10008.1.2.4.102",
        "1.2.840.10008.1.2.4.110", "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.8.1"}) {
    const std::string message = refusal(uid);
    EXPECT_NE(message.find(uid), std::string::npos) << uid << ": " << message;
    EXPECT_NE(message.find("is not read"), std::string::npos) << uid << ": " << message;
  }
}

// Its pixels lie elsewhere, so that the file has none.
TEST_F(CompressedDicom, OfJpipIsRefusedByTheNameOfItsTransferSyntax) {
  const std::string jpip = "1.2.840.10008.1.2.4.94";
  std::string bytes = with_transfer_syntax(dicom_file(gray_sample()), jpip);
  bytes.erase(bytes.find(std::string("\xe0\x7f\x10\0OW", 6)));
  const auto path = folder_.write("jpip.dcm", bytes);
  const std::string message = refusal_of([&] { list_slices(path); }, path);
  EXPECT_NE(message.find(jpip), std::string::npos) << message;
  EXPECT_NE(message.find("is not read"), std::string::npos) << message;
}

// Whatever remains of a file is refused, or read without its end, which may be padding.
TEST_F(CompressedDicom, IsRefusedWhenTruncated) {
  for (const char* syntax : {"", "implicit", "JPEG baseline", "JPEG lossless", "JPEG-LS", "RLE"}) {
    DicomSample sample = smooth_sample(8, 8);
    sample.transfer_syntax = syntax;
    const std::string bytes = dicom_file(sample);
    // 16: two ends of sequences.
    for (std::size_t kept = 1; kept + 16 < bytes.size(); kept += 1 + bytes.size() / 97) {
      const auto path = folder_.write("short.dcm", bytes.substr(0, kept));
      EXPECT_NE(refusal_of([&] { list_slices(path); }, path), "")
          << syntax << ": " << kept << " of " << bytes.size() << " bytes";
    }
  }
}

TEST_F(CompressedDicom, IsRefusedWhenFramesAreMissing) {
  DicomSample sample = smooth_sample(8, 8);
  sample.transfer_syntax = "RLE";
  std::string bytes = dicom_file(sample);
  const std::string frames("\x28\0\x08\0IS\x02\0", 8);
  bytes.replace(bytes.find(frames) + frames.size(), 1, "9");
  const auto path = folder_.write("missing.dcm", bytes);
  const std::string message = refusal_of([&] { list_slices(path); }, path);
  EXPECT_NE(message.find("9 frames, of which it holds 2 pieces"), std::string::npos) << message;
}

}  // namespace
}  // namespace flexunet
