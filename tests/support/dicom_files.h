#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace flexunet {

/// A DICOM file for tests; what is not set has the most usual value.
struct DicomSample {
  int width = 4;
  int height = 3;
  std::optional<int> frames;  ///< none: no NumberOfFrames
  std::vector<int> values;    ///< as stored, all frames one after the other
  int bits_allocated = 16;
  int bits_stored = 12;
  std::optional<int> high_bit;  ///< none: bits_stored - 1
  bool is_signed = false;
  int samples = 1;
  bool is_planar = false;
  std::string color_space = "MONOCHROME2";
  std::string patient = "P1";
  std::string series = "1.2.3";
  /// Other elements by their DCMTK names: {"RescaleSlope", "2"}; several values with backslashes,
  /// in sequences as {"VOILUTSequence[0].LUTDescriptor", "256\\0\\8"}.
  std::map<std::string, std::string> others;
  /// "implicit", "big endian", "deflated", "JPEG baseline", "JPEG extended", "JPEG lossless",
  /// "JPEG-LS", "RLE"; empty: explicit VR little endian.
  std::string transfer_syntax;
};

/// Values 0, 1, 2, ... times `step` for a sample of 12 bits, 4x3 pixels.
DicomSample gray_sample(int step = 100);

/// The bytes of the file. Throws std::runtime_error when DCMTK cannot make it.
std::string dicom_file(const DicomSample& sample);

/// The bytes of a DICOM file with the UID of its transfer syntax replaced by another.
std::string with_transfer_syntax(std::string bytes, const std::string& uid);

/// Writes the file, creating its folder; returns the path.
std::filesystem::path write_dicom(const std::filesystem::path& path, const DicomSample& sample);

}  // namespace flexunet
