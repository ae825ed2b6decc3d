#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "flexunet/scans/dicom_facts.h"
#include "flexunet/scans/geometry.h"

namespace flexunet {

/// One picture of a file: a DICOM slice or frame, a slice of a volume, or a whole picture file.
struct ScanSlice {
  std::filesystem::path file;
  int index = 0;        ///< frame or slice in the file, from 0
  int count = 1;        ///< pictures in the file
  cv::Size size;        ///< pixels
  std::string patient;  ///< DICOM's PatientID, empty where the file has none
  std::string series;   ///< DICOM's SeriesInstanceUID; of a volume its file name; else empty
  std::optional<VolumeGeometry> geometry;   ///< of the volume that it is a slice of, if it tells
  AxisTurn turn;                            ///< of that volume, before it is cut into slices
  std::shared_ptr<const DicomFacts> dicom;  ///< null unless the file is DICOM
  /// Of a mask from a segmentation (SEG): those frames of the file, from 0, that belong to its
  /// image, perhaps none. Not set: it is not known yet which do.
  std::optional<std::vector<int>> segment_frames;

  /// The file as it was given, with "#17" (from 1) where it holds several pictures.
  std::string name() const;
};

/// How gray values become 0..255: linearly, rounded to the nearest (halves up); what lies outside
/// becomes 0 or 255. Colours of 8 bits are taken as they are, of 16 bits cut to their upper 8.
struct ScanIntensity {
  /// Of DICOM: the file's own window (WindowCenter, WindowWidth; the first, DICOM PS3.3 C.11.2),
  /// or, where it has none, the first table of its VOILUTSequence: of its entries of b bits, 0
  /// becomes 0 and 2^b - 1 becomes 255. Where it has neither, the range counts.
  bool use_window = false;
  /// Low, and high above it, of the values after rescaling (Hounsfield units for CT): 0 and 255.
  /// None: each slice's own minimum and maximum; where all are equal they become 0. DICOM's pixel
  /// padding (PixelPaddingValue, PS3.3 C.7.5.1.1.2) takes no part in these and is 0 in any case.
  std::optional<std::pair<double, double>> range;
};

/// Which plane of a volume is a slice, as the array is stored (masks are turned to their images):
/// axial shows the first axis to the right and the second downwards, coronal the first and the
/// third, sagittal the second and the third.
enum class SlicePlane { kAxial, kCoronal, kSagittal };

struct SliceListing {
  std::vector<ScanSlice> slices;
  std::vector<std::string> warnings;  ///< for people: which files were passed over
};

/// The slices of a file, or of all files below a folder (any depth, links followed): DICOM by its
/// content whatever its name, NIfTI (.nii, .nii.gz), MetaImage (.mha, .mhd), and pictures with all
/// their pages.
///
/// In the natural order of the paths (2 before 10), within a file by index. The files of a DICOM
/// series stay together, at the place of the first: by position along the normal of
/// ImageOrientationPatient (PS3.3 C.7.6.2.1.1), in the direction in which InstanceNumber or else
/// the paths rise, where all have parallel orientations; by InstanceNumber where positions are
/// equal or some have none; then by path. A segmentation (SEG) is one slice, which is the masks of
/// others.
///
/// Left out are what only serves others (a DICOMDIR, the data file of an .mhd) and, with a warning,
/// side files (base/side_files.h). Throws DataError listing all that is wrong at once: folders that
/// cannot be listed, links that lead nowhere; files not readable, truncated, of no kind that we
/// read, refused by name of their transfer syntax; a series whose slices differ in size; numbers of
/// DICOM that are none.
SliceListing list_slices(const std::filesystem::path& where, SlicePlane plane = SlicePlane::kAxial);

/// All slices of a mask's volume, turned by whole axes to lie as its image's volume does; as they
/// are where one of both says nothing of its geometry. Throws DataError naming both files and their
/// orientations where no such turn lays one over the other.
std::vector<ScanSlice> lay_over(const ScanSlice& mask, const ScanSlice& image);

/// The pixels of a slice as (H,W) CV_8UC3 in red, green, blue order, gray values three times.
/// MONOCHROME1 is inverted, so that bright stands for much in every file. Can be called from
/// several threads. Throws DataError naming the slice; also for values that are not finite.
cv::Mat read_slice(const ScanSlice& slice, const ScanIntensity& intensity,
                   SlicePlane plane = SlicePlane::kAxial);

/// The pixels of a mask as (H,W) CV_8UC3: of pictures their RGB rendering, of DICOM the values as
/// stored (neither rescaled nor inverted), of a segmentation the numbers of the segments in its
/// `segment_frames` (where segments overlap the highest counts), of volumes the values with the
/// file's own scaling, rounded where that makes them off by half a step, each value v as (v,v,v).
/// Throws DataError naming slice and value unless all are whole and 0..255.
cv::Mat read_label_slice(const ScanSlice& slice, SlicePlane plane = SlicePlane::kAxial);

/// How many pixels of a mask from a segmentation (SEG) lie in several segments; 0 for other masks.
/// Throws DataError.
std::size_t count_shared_pixels(const ScanSlice& mask);

/// How many gray slices of DICOM files and volumes bring no window for ScanIntensity::use_window.
/// Throws DataError naming all slices without one in series that have one in others.
std::size_t count_without_window(const std::vector<ScanSlice>& slices);

}  // namespace flexunet
