#include "flexunet/loader/batch_loader.h"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>

#include "flexunet/loader/batch_count.h"

namespace flexunet {
namespace {

// Each thread works on one batch; one more is ready when the caller comes.
LookAhead look_ahead(int workers) {
  return {workers, static_cast<std::size_t>(std::max(workers, 0)) + 1};
}

}  // namespace

BatchLoader::BatchLoader(const Dataset& dataset, std::vector<std::size_t> order,
                         const LoaderOptions& options, SampleTransform transform)
    : dataset_(dataset),
      order_(std::move(order)),
      options_(options),
      transform_(std::move(transform)),
      batches_(count_batches(order_.size(), options.batch_size, options.max_batches)),
      prepared_(batches_, look_ahead(options.workers),
                [this](std::size_t batch) { return prepare(batch); }) {}

std::vector<std::size_t> BatchLoader::indices(std::size_t batch) const {
  const auto size = static_cast<std::size_t>(options_.batch_size);
  const std::size_t first = std::min(batch * size, order_.size());
  const std::size_t last = std::min(first + size, order_.size());
  return {order_.begin() + static_cast<std::ptrdiff_t>(first),
          order_.begin() + static_cast<std::ptrdiff_t>(last)};
}

Batch BatchLoader::next() {
  const auto start = std::chrono::steady_clock::now();
  Batch batch = send_batch(prepared_.next(), options_.device);
  waiting_seconds_ +=
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return batch;
}

Batch BatchLoader::prepare(std::size_t batch) const {
  std::vector<Sample> samples;
  std::size_t place = batch * static_cast<std::size_t>(options_.batch_size);
  for (const std::size_t index : indices(batch)) {
    samples.push_back(dataset_.sample(index));
    if (transform_) transform_(place, samples.back());
    ++place;
  }
  return assemble_batch(samples, options_.device);
}

std::vector<std::size_t> order_of_names(std::size_t count) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

}  // namespace flexunet
