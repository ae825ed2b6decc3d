#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "flexunet/scans/scans.h"
#include "generator/generate/slice_names.h"

namespace flexunet {

/// A slice and its mask.
struct SlicePair {
  ScanSlice image;
  ScanSlice mask;
};

/// Which mask belongs to an image.
enum class PairRule {
  kStem,    ///< that of the same name; where names repeat, in the same folder below the masks
  kSorted,  ///< that of the same place in the order of list_slices
  kTable    ///< the one that a CSV file names (pair_table.h)
};

struct PairRequest {
  std::filesystem::path images;
  std::filesystem::path masks;  ///< may be the same folder, with a suffix
  PairRule rule = PairRule::kStem;
  std::filesystem::path table = {};  ///< of kTable, its names relative to the folders
  /// In one folder, files are masks where their names end so before the ending, and else images;
  /// the suffix does not count when names are compared. Empty: the folders tell.
  std::string mask_suffix = {};
  SlicePlane plane = SlicePlane::kAxial;
};

/// All pairs, in the order of the images.
struct PairedSlices {
  std::vector<SlicePair> pairs;
  std::size_t unlisted_images = 0;    ///< that a table does not name, and so leaves out
  std::vector<std::string> warnings;  ///< as list_slices gives them
};

/// Pairs slices with masks; the volume of a mask is turned to lie over that of its image
/// (lay_over). Where masks are DICOM segmentations (SEG), their frames say which slices they belong
/// to, whatever the rule; a table is refused then. The Unicode form of names does not count. Throws
/// DataError listing all at once: images without mask, masks without image (a table may leave
/// either out), names that repeat, other numbers of slices, lines of a table that name nothing,
/// masks of another size or another place than their image, and the same file as both.
PairedSlices pair_slices(const PairRequest& request);

}  // namespace flexunet
