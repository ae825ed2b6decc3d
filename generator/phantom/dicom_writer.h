#pragma once

#include <opencv2/core/mat.hpp>
#include <string>

namespace flexunet {

/// One sagittal MR slice and what its file says of it.
struct DicomSlice {
  cv::Mat values;  ///< (H,W) CV_16UC1, 12 bits: 0..4095
  std::string patient_id;
  std::string patient_name;
  std::string study_uid;  ///< UIDs are different wherever they name different things
  std::string series_uid;
  std::string instance_uid;  ///< of this slice
  std::string frame_uid;     ///< of the space that the positions of a series lie in
  int number = 1;            ///< of the slice in its series, from 1
  double x = 0;              ///< position of the slice, to the left of the patient, mm
  double pixel_spacing = 1;  ///< mm
  double thickness = 1;      ///< mm
};

/// The bytes of a DICOM file (MR Image Storage, Explicit VR Little Endian): a pure function of the
/// slice, without dates. Throws std::invalid_argument for other values than above.
std::string dicom_bytes(const DicomSlice& slice);

}  // namespace flexunet
