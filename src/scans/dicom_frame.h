#pragma once

#include <opencv2/core/mat.hpp>

#include "scans/dicom_file.h"

namespace flexunet {

/// The stored values of a gray or palette frame as (H,W) CV_64FC1: the bits in use, with their
/// sign.
cv::Mat stored_values(const DicomFrame& frame);

/// A frame of RGB or YBR as (H,W) CV_8UC3 in red, green, blue order; of 16 bits the upper 8 in use.
/// YBR_FULL by PS3.3 C.7.6.3.1.2.
cv::Mat rgb_pixels(const DicomFrame& frame);

}  // namespace flexunet
