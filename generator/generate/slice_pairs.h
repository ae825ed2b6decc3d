#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "flexunet/scans/scans.h"

namespace flexunet {

/// A slice and its mask.
struct SlicePair {
  ScanSlice image;
  ScanSlice mask;
};

/// Which mask belongs to an image.
enum class PairRule {
  kStem,    ///< that of the same name; where names repeat, in the same folder below the masks
  kSorted,  ///< that of the same place in the order of the paths
  kTable    ///< the one that a CSV file names
};

/// All pairs, in the order of the images.
struct PairedSlices {
  std::vector<SlicePair> pairs;
  std::size_t unlisted_images = 0;  ///< that a table does not name, and so leaves out
};

/// Pairs slices with masks. Where masks are DICOM segmentations (SEG), their frames say which
/// slices they belong to, whatever the rule; a table is refused then. `table` is the CSV file of
/// kTable: an image and a mask in each line, relative to the folders. Throws DataError listing all
/// at once: images without mask, masks without image (a table may leave either out), names that
/// repeat, other numbers of slices, lines of a table that name nothing, masks of another size than
/// their image.
PairedSlices pair_slices(const std::filesystem::path& images, const std::filesystem::path& masks,
                         PairRule rule, const std::filesystem::path& table = {},
                         SlicePlane plane = SlicePlane::kAxial);

/// A path seen from the folder (or file) that was given, as text.
std::string relative_name(const std::filesystem::path& file, const std::filesystem::path& folder);

}  // namespace flexunet
