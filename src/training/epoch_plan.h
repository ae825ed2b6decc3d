#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace flexunet {

/// Which samples an epoch trains on, in order.
struct EpochPlan {
  std::vector<std::size_t> order;  ///< indices of samples
  /// For each of them, how often the run has gone through all samples before: with the index it
  /// names a draw of augmentation that happens once in a run.
  std::vector<std::uint64_t> passes;
};

/// What is the same in every epoch of a run.
struct EpochShape {
  std::size_t samples = 0;    ///< in the data set, at least 1
  std::size_t per_epoch = 0;  ///< taken in each epoch, at least 1
  std::uint64_t seed = 137;
};

/// The samples of an epoch, from 0: the next `per_epoch` of an endless row of passes through the
/// data set, each in an order of its own, so that all samples are used equally often.
EpochPlan plan_epoch(const EpochShape& shape, std::uint64_t epoch);

}  // namespace flexunet
