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

/// The mask that segments make.
struct SegmentLabels {
  cv::Mat mask;                   ///< (H,W) CV_8UC1
  std::size_t shared_pixels = 0;  ///< that lie in several segments; the highest number counts
};

/// The mask of `slice`, a segmentation with its `segment_frames`. Throws DataError.
SegmentLabels segment_labels(const DicomFile& file, const ScanSlice& slice);

}  // namespace flexunet
