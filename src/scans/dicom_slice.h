#pragma once

#include <opencv2/core/mat.hpp>
#include <string>

#include "flexunet/scans/scans.h"
#include "scans/dicom_file.h"

namespace flexunet {

/// A frame as read_slice gives it, or in gray, (H,W) CV_8UC1; `where` names it in errors. Uses
/// nothing of OpenCV's that runs in several threads: these do not follow into a child process.
cv::Mat dicom_picture(const DicomFile& file, int frame, const ScanIntensity& intensity,
                      const std::string& where);

/// A frame as read_label_slice gives it, or in gray.
cv::Mat dicom_labels(const DicomFile& file, int frame, const std::string& where);

/// The mask of `slice`, a segmentation with its `segment_frames`, (H,W) CV_8UC1. Throws DataError
/// for segments that overlap.
cv::Mat segment_labels(const DicomFile& file, const ScanSlice& slice);

}  // namespace flexunet
