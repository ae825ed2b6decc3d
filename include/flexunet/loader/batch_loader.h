#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "flexunet/base/ordered_pipeline.h"
#include "flexunet/dataset/dataset.h"
#include "flexunet/loader/batch.h"

namespace flexunet {

struct LoaderOptions {
  int batch_size = 4;
  int workers = 0;  ///< threads that prepare batches ahead; 0: next() does it
  torch::Device device = torch::kCPU;
  std::optional<int> max_batches = {};  ///< at most so many, 1 or more
};

/// Changes a sample, given its place in the order, before it goes into a batch; called from several
/// threads at once. Must depend on nothing but the sample and its place.
using SampleTransform = std::function<void(std::size_t place, Sample& sample)>;

/// Gives the batches of a run through a data set, prepared by threads a few batches ahead. The
/// batches do not depend on the number of threads. `dataset` must outlive it.
class BatchLoader {
 public:
  /// `order`: the indices of the samples; the last batch may be short.
  BatchLoader(const Dataset& dataset, std::vector<std::size_t> order, const LoaderOptions& options,
              SampleTransform transform = {});

  std::size_t batches() const { return batches_; }
  /// The indices of a batch's samples.
  std::vector<std::size_t> indices(std::size_t batch) const;

  /// The next batch, on the device. Throws DataError where one of its samples cannot be read, and
  /// std::out_of_range after the last.
  Batch next();

  /// The seconds that next() has taken so far: what the caller waited.
  double waiting_seconds() const { return waiting_seconds_; }

 private:
  Batch prepare(std::size_t batch) const;

  const Dataset& dataset_;
  std::vector<std::size_t> order_;
  LoaderOptions options_;
  SampleTransform transform_;
  std::size_t batches_;
  double waiting_seconds_ = 0;
  OrderedPipeline<Batch> prepared_;  // last: its threads use the rest
};

/// 0 .. count - 1.
std::vector<std::size_t> order_of_names(std::size_t count);

}  // namespace flexunet
