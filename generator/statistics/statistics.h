#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "generator/common/dataset_source.h"

namespace flexunet {

struct SplitStatistics {
  std::string name;
  std::size_t images = 0;
  std::vector<std::int64_t> class_pixels;  ///< of each class, over all masks
};

struct DatasetStatistics {
  std::string name;
  std::vector<SplitStatistics> splits;
  std::vector<RgbMapEntry> rgb_map;
  std::string blended;  ///< as blended_colors_text says it

  /// Of the pixels of a split those of a class, 0..1; 0 where it has none.
  double share(std::size_t split, std::size_t class_index) const;
};

/// Counts images and the pixels of their masks. Throws DataError with all that is wrong: orphans,
/// unreadable masks.
DatasetStatistics count_dataset(const DatasetSource& source);

/// Images of each split, and lines of the shares of each class, for people.
std::string statistics_text(const DatasetStatistics& statistics);
/// "split,images,class,color,pixels,share", a line for each split and class.
std::string statistics_csv(const DatasetStatistics& statistics);
/// A PNG file: a bar a split with its number of images, and a table of the shares of the classes.
std::string statistics_png(const DatasetStatistics& statistics);

}  // namespace flexunet
