#pragma once

#include <cstddef>
#include <vector>

#include "generator/common/origins.h"
#include "generator/split/split.h"

namespace flexunet {

/// A pair of the data set that is divided.
struct OriginatedPair {
  SamplePair pair;
  Origin origin;
  std::vector<RgbColor> colors;  ///< that stand for classes and occur in the mask
};

/// All pairs of the folder, by stem, with what is known of each. Throws as split_dataset does.
std::vector<OriginatedPair> read_dataset(const SplitRequest& request);

/// Where each pair goes: an index of `sides`, and pairs nowhere.
struct SplitPlan {
  static constexpr std::size_t kNowhere = SIZE_MAX;
  std::vector<std::size_t> side_of;  ///< of each pair
  SplitResult result;                ///< sides in the order train, valid, test or folds, test
};
SplitPlan plan_split(const SplitRequest& request, const std::vector<OriginatedPair>& pairs);

}  // namespace flexunet
