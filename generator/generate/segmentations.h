#pragma once

#include <vector>

#include "flexunet/base/findings.h"
#include "flexunet/scans/scans.h"
#include "generator/generate/slice_pairs.h"

namespace flexunet {

/// Whether one of the slices is a DICOM segmentation (SEG).
bool has_segmentation(const std::vector<ScanSlice>& slices);

/// Reports segmentations among images: they hold masks.
void report_segmentations(const std::vector<ScanSlice>& images, Findings& findings);

/// Pairs images with masks that are all segmentations, one for each series. Each frame belongs to
/// the slice that its SourceImageSequence names, else to the one at its ImagePositionPatient; a
/// slice without frames has an empty mask. Reports masks of other kinds, series with no or several
/// segmentations, frames without a slice, and what does not lie as its image: size, spacing,
/// orientation, position.
std::vector<SlicePair> pair_segmentations(const std::vector<ScanSlice>& images,
                                          const std::vector<ScanSlice>& masks, Findings& findings);

}  // namespace flexunet
