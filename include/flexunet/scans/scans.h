#pragma once

#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <vector>

namespace flexunet {

/// One picture inside a file: a DICOM slice or frame, a slice of a volume, or a whole picture file.
struct ScanSlice {
  std::filesystem::path file;
  int index = 0;        ///< frame or slice in the file, from 0
  int count = 1;        ///< pictures in the file
  cv::Size size;        ///< pixels
  std::string patient;  ///< DICOM's PatientID, empty where the file has none
  std::string series;   ///< DICOM's SeriesInstanceUID; of a volume its file name; else empty

  /// The file as it was given, with "#17" (from 1) where it holds several pictures.
  std::string name() const;
};

/// How values become 0..255.
struct ScanIntensity {
  /// Of DICOM: use the file's own window (WindowCenter, WindowWidth) where it has one.
  bool use_window = false;
  /// Low and high of the values after rescaling (Hounsfield units for CT): 0 and 255. None: each
  /// slice's own minimum and maximum.
  std::optional<std::pair<double, double>> range;
};

/// Which plane of a volume is a slice.
enum class SlicePlane { kAxial, kCoronal, kSagittal };

/// The slices of a file, or of all files below a folder (any depth, hidden ones left out): DICOM by
/// its content whatever its name, NIfTI (.nii, .nii.gz), MetaImage (.mha, .mhd), and pictures. In
/// the order of the paths, within a file by index. Throws DataError listing every file that is
/// wrong at once: not readable, truncated, of no kind that we read, refused by name of its transfer
/// syntax, a series whose slices differ in size.
std::vector<ScanSlice> list_slices(const std::filesystem::path& where,
                                   SlicePlane plane = SlicePlane::kAxial);

/// The pixels of a slice as (H,W) CV_8UC3 in red, green, blue order, gray values three times.
/// Throws DataError.
cv::Mat read_slice(const ScanSlice& slice, const ScanIntensity& intensity,
                   SlicePlane plane = SlicePlane::kAxial);

}  // namespace flexunet
