#pragma once

#include <filesystem>
#include <string>

namespace flexunet {

/// The name of a file without its folder and ending, in one Unicode form (literal/utf8.h); "brain"
/// for "brain.nii.gz".
std::string slice_stem(const std::filesystem::path& file);

bool ends_with(const std::string& text, const std::string& end);

/// A path seen from the folder (or file) that was given, as text.
std::string relative_name(const std::filesystem::path& file, const std::filesystem::path& folder);

/// How the files of a side are named.
struct SliceNames {
  std::filesystem::path root;
  std::string suffix;         ///< of masks, which does not count
  bool with_folders = false;  ///< where stems repeat

  /// What an image and its mask have in common.
  std::string key(const std::filesystem::path& file) const;
};

struct PairNames {
  SliceNames image;
  SliceNames mask;
};

}  // namespace flexunet
