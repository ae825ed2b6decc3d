#pragma once

#include <opencv2/core/mat.hpp>
#include <string>

#include "dicom_file.h"
#include "flexunet/scans/scans.h"

namespace flexunet {

/// A frame as read_slice gives it; `where` names it in errors.
cv::Mat read_dicom_slice(const DicomFile& file, int frame, const ScanIntensity& intensity,
                         const std::string& where);

/// A frame as read_label_slice gives it.
cv::Mat read_dicom_labels(const DicomFile& file, int frame, const std::string& where);

}  // namespace flexunet
