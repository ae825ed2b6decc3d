#pragma once

#include <cstdint>
#include <filesystem>
#include <opencv2/core/mat.hpp>

namespace flexunet {

/// A slice of a synthetic patient's knee as a scanner stores it, and the truth about it.
struct ScanPhantom {
  cv::Mat values;      ///< (H,W) CV_16UC1, 0..4095
  cv::Mat class_mask;  ///< (H,W) CV_8UC1: 1 where the pixel's centre lies in a bone
};

/// Slices of each patient but the last, who has what remains.
constexpr int kSlicesPerPatient = 8;

/// The slice `index` of all slices, from 0: of patient index / kSlicesPerPatient, whose knee and
/// examination are the same in all slices. A pure function of the three; `size` is width and height
/// in pixels, at least 16.
ScanPhantom make_scan_phantom(int size, std::uint64_t seed, int index);

struct ScanPhantomRequest {
  std::filesystem::path out;
  int count = 60;  ///< slices of all patients together, at least 10
  int size = 128;  ///< pixels
  std::uint64_t seed = 137;
};

/// Writes out/images/P001/01.dcm ... (DICOM, one series a patient) and out/masks/P001/01.png ...
/// (gray, 255 = bone). The same request gives the same bytes. The folder appears once it is
/// complete. Throws ConfigError (count or size out of range) and OutputError (exists and is not
/// empty, not writable).
void write_scan_phantoms(const ScanPhantomRequest& request);

}  // namespace flexunet
