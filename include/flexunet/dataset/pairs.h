#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "flexunet/options/options.h"

namespace flexunet {

/// An image and its mask.
struct SamplePair {
  std::string stem;  ///< of both files, composed (literal/utf8.h); "class/stem" where wildcards
                     ///< matched the folder "class"
  std::filesystem::path image;
  std::filesystem::path mask;
};

/// The pairs of a split, sorted and matched by stem, whose Unicode form does not count. Where both
/// folders have the same number of components with wildcards (`train/*/images` and
/// `train/*/masks`), what the wildcards matched must agree as well, so that each class may have its
/// own `1.png`. `split_name` ("train", ...) is for messages. Throws DataError listing everything at
/// once: missing or empty folders, orphans on both sides, stems that occur twice (first 20 and a
/// count).
std::vector<SamplePair> find_pairs(const std::string& split_name, const SplitFolders& folders,
                                   const DataOptions& data);

enum class PairProblemKind { kNothingFound, kSharedName, kOrphan };

/// Why files make no pair.
struct PairProblem {
  PairProblemKind kind = PairProblemKind::kOrphan;
  std::vector<std::filesystem::path> files;  ///< that are concerned; none where nothing was found
  std::string text;                          ///< as find_pairs says it
};

/// The pairs that are sound, whatever else is wrong.
struct PairListing {
  std::vector<SamplePair> pairs;
  std::vector<PairProblem> problems;
  std::vector<std::filesystem::path> passed_over;  ///< files in the folders that are of other kinds
};
PairListing list_pairs(const std::string& split_name, const SplitFolders& folders,
                       const DataOptions& data);

/// One picture of an image file.
struct ImageSource {
  std::filesystem::path file;
  std::optional<int> page{};  ///< from 0, of a file that holds several

  /// For the names of files that are made of it: "scan", or of a page "scan_2" (from 1).
  std::string stem() const;
};

struct ImageListing {
  std::vector<ImageSource> images;
  std::vector<std::filesystem::path> passed_over;  ///< files beside them that are of other kinds
};

/// The images of a folder, which may hold wildcards, or one file, or the files that match a pattern
/// such as `dir/*.png` (files before folders where it matches both), sorted by path, a file's pages
/// one after the other. Throws DataError when there is none.
ImageListing find_images(const std::filesystem::path& where, const DataOptions& data);

}  // namespace flexunet
