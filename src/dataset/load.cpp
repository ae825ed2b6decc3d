#include <fmt/format.h>

#include "dataset/split_loader.h"
#include "flexunet/base/error.h"
#include "flexunet/base/memory.h"
#include "flexunet/base/text.h"
#include "flexunet/dataset/dataset.h"

namespace flexunet {
namespace {

using SplitPairs = std::vector<std::vector<SamplePair>>;

std::uint64_t bytes_of(const std::vector<DatasetRequest>& requests, const SplitPairs& pairs) {
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    bytes += pairs[i].size() * cache_layout(requests[i]).record_bytes();
  }
  return bytes;
}

std::vector<Dataset> load_all(const std::vector<DatasetRequest>& requests, const SplitPairs& pairs,
                              const DatasetStorage& storage) {
  Findings findings;
  std::vector<Dataset> datasets;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    SplitLoader loader(requests[i], pairs[i], findings);
    datasets.push_back(storage.cache == DatasetCache::kDisk   ? loader.load_from_disk(storage)
                       : storage.cache == DatasetCache::kNone ? loader.load_to_decode_again()
                                                              : loader.load_into_memory());
  }
  findings.throw_if_any<DataError>();
  return datasets;
}

void tell(const std::function<void(const std::string&)>& listener, const std::string& message) {
  if (listener) listener(message);
}

std::vector<Dataset> load_without_cache(const std::vector<DatasetRequest>& requests,
                                        const SplitPairs& pairs, DatasetStorage storage) {
  storage.cache = DatasetCache::kNone;
  std::vector<Dataset> datasets = load_all(requests, pairs, storage);
  tell(storage.say, "samples: decoded again whenever they are needed");
  return datasets;
}

// On disk if that can be.
std::vector<Dataset> load_large(const std::vector<DatasetRequest>& requests,
                                const SplitPairs& pairs, DatasetStorage storage) {
  storage.cache = DatasetCache::kDisk;
  try {
    return load_all(requests, pairs, storage);
  } catch (const OutputError& error) {
    tell(storage.warn,
         fmt::format("no dataset cache, which costs time in every epoch: {}", error.what()));
    return load_without_cache(requests, pairs, storage);
  }
}

}  // namespace

std::vector<Dataset> load_datasets(const std::vector<DatasetRequest>& requests,
                                   const DatasetStorage& storage) {
  Findings findings;
  SplitPairs pairs;
  for (const DatasetRequest& request : requests) {
    pairs.push_back(find_pairs(request.split_name, request.folders, *request.data, findings));
  }
  findings.throw_if_any<DataError>();
  const std::uint64_t bytes = bytes_of(requests, pairs);
  const bool is_auto = storage.cache == DatasetCache::kAuto;
  DatasetCache chosen = storage.cache;
  if (is_auto) {
    const auto& told = storage.available_memory;
    chosen = choose_cache(bytes, told ? *told : available_memory());
  }
  if (chosen == DatasetCache::kNone) return load_without_cache(requests, pairs, storage);
  if (chosen == DatasetCache::kDisk) {
    return is_auto ? load_large(requests, pairs, storage) : load_all(requests, pairs, storage);
  }
  DatasetStorage in_memory = storage;
  in_memory.cache = DatasetCache::kMemory;
  std::vector<Dataset> datasets = load_all(requests, pairs, in_memory);
  tell(storage.say,
       fmt::format("samples: {} in memory", readable_bytes(static_cast<std::int64_t>(bytes))));
  return datasets;
}

Dataset load_dataset(const DatasetRequest& request, const DatasetStorage& storage) {
  return std::move(load_datasets({request}, storage).front());
}

}  // namespace flexunet
