#pragma once

#include <string>
#include <vector>

#include "flexunet/base/findings.h"
#include "flexunet/scans/scans.h"
#include "generator/generate/slice_names.h"
#include "generator/generate/slice_pairs.h"

namespace flexunet {

/// Turns the volumes of masks to those of their images (lay_over) before slices are paired: turned,
/// they have other slices. Files belong together by `names`, or where there are none by their
/// order. Reports those that do not lie over each other. Returns a warning of those that cannot be
/// compared, or nothing.
std::string lay_masks_over(const std::vector<ScanSlice>& image_slices,
                           std::vector<ScanSlice>& mask_slices, const PairNames* names,
                           Findings& findings);

/// Reports volumes that a table pairs although they run in other directions: it pairs slices one by
/// one, so that a volume cannot be turned along.
void check_table_geometry(const std::vector<SlicePair>& pairs, Findings& findings);

}  // namespace flexunet
