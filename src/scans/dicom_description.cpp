#include "scans/dicom_description.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "scans/dicom_elements.h"
#include "scans/dicom_window.h"

namespace flexunet {
namespace {

cv::Vec3d vector_of(const std::vector<double>& numbers, std::size_t from) {
  return {numbers[from], numbers[from + 1], numbers[from + 2]};
}

// The numbers of an element that may stand in functional groups. What lies outside of them counts
// where there are none: of several frames it can be right for the first alone.
std::vector<double> plane_numbers(const DicomFile& file, const DcmTagKey& key,
                                  const DcmTagKey& group, int frame, std::size_t count) {
  DcmItem* item = file.find_in_groups(key, group, frame);
  if (item == nullptr && key == DCM_ImagePositionPatient && file.layout().frames > 1) return {};
  return element_numbers(item != nullptr ? *item : file.items(), key, count, file.name());
}

PatientPlane plane_of(const DicomFile& file, int frame) {
  PatientPlane plane;
  const auto position =
      plane_numbers(file, DCM_ImagePositionPatient, DCM_PlanePositionSequence, frame, 3);
  if (!position.empty()) plane.position = vector_of(position, 0);
  const auto directions =
      plane_numbers(file, DCM_ImageOrientationPatient, DCM_PlaneOrientationSequence, frame, 6);
  if (!directions.empty()) {
    const cv::Vec3d right = vector_of(directions, 0);
    const cv::Vec3d down = vector_of(directions, 3);
    constexpr double kShortest = 0.5;  // of two directions at right angles it is 1
    if (!(cv::norm(right.cross(down)) > kShortest)) {
      file.refuse(fmt::format("damaged: {} is \"{}\": must be two directions at right angles",
                              element_name(DCM_ImageOrientationPatient),
                              fmt::join(directions, "\\")));
    }
    plane.directions = {right / cv::norm(right), down / cv::norm(down)};
  }
  const auto spacing = plane_numbers(file, DCM_PixelSpacing, DCM_PixelMeasuresSequence, frame, 2);
  if (!spacing.empty()) plane.spacing = {spacing[0], spacing[1]};
  return plane;
}

DicomWindow window_of(const DicomFile& file, int frame) {
  const std::string& colors = file.layout().color_space;
  if (colors != "MONOCHROME1" && colors != "MONOCHROME2") return DicomWindow::kNotNeeded;
  return has_window(file, frame) ? DicomWindow::kPresent : DicomWindow::kNone;
}

}  // namespace

DicomFacts find_facts(const DicomFile& file) {
  DicomFacts facts;
  facts.instance = file.text(DCM_SOPInstanceUID);
  facts.frame_of_reference = file.text(DCM_FrameOfReferenceUID);
  const auto number = element_numbers(file.items(), DCM_InstanceNumber, 1, file.name());
  if (!number.empty()) {
    constexpr double kLargest = 2147483647.0;  // IS, PS3.5 6.2
    facts.number = static_cast<int>(std::clamp(number.front(), -kLargest, kLargest));
  }
  const auto groups = static_cast<int>(file.frames_with_groups());
  const int described = groups == 0 ? 1 : file.layout().frames;
  for (int frame = 0; frame < described; ++frame) {
    facts.frames.push_back({plane_of(file, frame), window_of(file, frame)});
  }
  if (is_segmentation(file)) add_segments(file, facts);
  return facts;
}

}  // namespace flexunet
