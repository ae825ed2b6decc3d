#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "generator/common/mask_colors.h"

namespace flexunet {

struct SplitRequest {
  std::filesystem::path in;                     ///< with images/, masks/ and perhaps manifest.csv
  std::filesystem::path out;                    ///< new or empty
  std::array<double, 3> shares{0.7, 0.2, 0.1};  ///< train, valid, test; add up to 1, test may be 0
  int folds = 0;  ///< 0: none, else 2 or more; train and valid then come from them
  std::uint64_t seed = 137;
  std::string group_pattern;  ///< as in Origins
  bool link = false;          ///< second names for the files instead of copies
  int threads = 1;
};

/// What lies on one side.
struct SplitSide {
  std::string name;  ///< "train", "valid", "test"; with folds "fold 1" ... and "test"
  std::size_t images = 0;
  std::size_t variants = 0;  ///< beside them
  std::size_t groups = 0;
  std::map<RgbColor, std::size_t> color_images;  ///< images whose mask shows a class's colour
};

struct SplitResult {
  std::vector<SplitSide> sides;
  std::vector<std::string>
      warnings;  ///< for people: groups that names tell, classes that sides lack
  std::size_t left_out_variants = 0;    ///< of images outside train; with folds, of test images
  std::size_t sourceless_variants = 0;  ///< by their names of images that are not there; in train
};

/// Divides a data set by groups (patient, series or source) into OUT/{train,valid,test}/{images,
/// masks} and OUT/manifest.csv, whose pictures are named "train/images/10001.png"; with folds into
/// OUT/fold_1 ... of the same layout, where part k is the valid of fold k. Variants stay in train.
/// Does not depend on the order of files or on `threads`. Throws ConfigError (pattern), DataError
/// (orphans, unreadable files, masks of another size than their images, a manifest that does not
/// fit, fewer groups than sides) and OutputError; OUT is then not there.
SplitResult split_dataset(const SplitRequest& request);

}  // namespace flexunet
