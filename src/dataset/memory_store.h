#pragma once

#include <utility>
#include <vector>

#include "flexunet/dataset/dataset.h"

namespace flexunet {

/// Samples that were decoded once and for all.
class MemoryStore : public SampleStore {
 public:
  explicit MemoryStore(std::vector<Sample> samples) : samples_(std::move(samples)) {}
  Sample sample(std::size_t i) const override { return samples_.at(i); }

 private:
  std::vector<Sample> samples_;
};

}  // namespace flexunet
