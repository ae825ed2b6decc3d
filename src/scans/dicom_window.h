#pragma once

#include <opencv2/core/mat.hpp>
#include <optional>

#include "flexunet/scans/scans.h"
#include "scans/dicom_file.h"
#include "scans/gray_map.h"

namespace flexunet {

/// Values, and those of them that become 0 and 255; none: the lowest and the highest.
struct GrayValues {
  cv::Mat values;  ///< (H,W) CV_64FC1
  std::optional<GrayRange> range;
};

/// The stored values of a gray frame, (H,W) CV_64FC1, after RescaleSlope and RescaleIntercept, and
/// the range that `intensity` asks for. With use_window: the first window (PS3.3 C.11.2.1.2); where
/// there is none the first table of the VOILUTSequence (PS3.3 C.11.2.1.1), as pydicom's
/// apply_voi_lut(prefer_lut=False) does it: the entry at the value, cut to a whole number, less the
/// first one mapped; of the entries 0 becomes 0 and 2^bits - 1 becomes 255. Throws DataError.
GrayValues displayed_values(const DicomFile& file, int frame, const cv::Mat& stored,
                            const ScanIntensity& intensity);

/// Whether a frame brings a window or a table for use_window.
bool has_window(const DicomFile& file, int frame);

/// Which of the stored values are padding, (H,W) CV_8UC1 with 255 where they are (PS3.3
/// C.7.5.1.1.2): PixelPaddingValue, or all from it to PixelPaddingRangeLimit. Empty where the file
/// has no padding. Throws DataError.
cv::Mat find_padding(const DicomFile& file, const cv::Mat& stored);

}  // namespace flexunet
