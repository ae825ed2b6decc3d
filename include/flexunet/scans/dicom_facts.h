#pragma once

#include <array>
#include <opencv2/core/matx.hpp>
#include <optional>
#include <string>
#include <vector>

namespace flexunet {

/// Where a DICOM frame lies in the patient, in mm (PS3.3 C.7.6.2.1.1); what the file does not say
/// is none.
struct PatientPlane {
  std::optional<cv::Vec3d> position;  ///< of the middle of the first pixel
  /// Of length 1: along a row, and down a column.
  std::optional<std::array<cv::Vec3d, 2>> directions;
  std::optional<std::array<double, 2>> spacing;  ///< from row to row, from column to column
};

/// The direction in which the slices of a stack follow each other; `plane` must have directions.
cv::Vec3d normal_of(const PatientPlane& plane);

/// What brings the values of a frame to gray with ScanIntensity::use_window.
enum class DicomWindow {
  kNone,      ///< gray values without a window
  kPresent,   ///< a window or a VOILUTSequence
  kNotNeeded  ///< colours
};

struct DicomFrameFacts {
  PatientPlane plane;
  DicomWindow window = DicomWindow::kNone;
};

/// A frame of another file (PS3.3, table C.7.6.16-2c).
struct DicomSource {
  std::string instance;  ///< SOPInstanceUID
  int frame = 0;         ///< from 1; 0: not said
};

/// What a frame of a segmentation stands for.
struct SegmentFrame {
  int label = 0;  ///< the segment's number, 1..255; 0: the pixels are the labels themselves
  std::vector<DicomSource> sources;  ///< the frames that it was made from
};

/// What a DICOM file says of itself beyond its pixels.
struct DicomFacts {
  std::string instance;            ///< SOPInstanceUID
  std::string frame_of_reference;  ///< FrameOfReferenceUID
  std::optional<int> number;       ///< InstanceNumber
  /// One for each frame, or a single one for all.
  std::vector<DicomFrameFacts> frames;
  /// Whether it is a segmentation (SEG, PS3.3 A.51): masks of another series. One segment a frame
  /// or labels in each; then `segments` has one for each frame, as has `frames`.
  bool is_segmentation = false;
  std::vector<SegmentFrame> segments;
  std::string segmented_series;  ///< SeriesInstanceUID in its ReferencedSeriesSequence

  const DicomFrameFacts& frame(int index) const;
};

}  // namespace flexunet
