#pragma once

#include <filesystem>
#include <opencv2/core/mat.hpp>

#include "flexunet/scans/scans.h"

namespace flexunet {

/// The first slice of a DICOM file; the others differ by their index alone. DCMTK runs in a child
/// process, here as below: some damaged files crash it. Throws DataError naming the file.
ScanSlice describe_dicom(const std::filesystem::path& path);

/// The slice as read_slice gives it. Throws DataError.
cv::Mat read_dicom(const ScanSlice& slice, const ScanIntensity& intensity);

/// The slice as read_label_slice gives it. Throws DataError.
cv::Mat read_dicom_labels(const ScanSlice& slice);

}  // namespace flexunet
