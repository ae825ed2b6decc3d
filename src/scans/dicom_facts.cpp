#include "flexunet/scans/dicom_facts.h"

#include <cstddef>

namespace flexunet {

cv::Vec3d normal_of(const PatientPlane& plane) {
  const auto& [right, down] = plane.directions.value();
  return cv::normalize(right.cross(down));
}

const DicomFrameFacts& DicomFacts::frame(int index) const {
  return frames.at(frames.size() == 1 ? 0 : static_cast<std::size_t>(index));
}

}  // namespace flexunet
