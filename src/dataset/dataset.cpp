#include "flexunet/dataset/dataset.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "dataset/memory_store.h"
#include "dataset/split_loader.h"
#include "flexunet/base/error.h"
#include "flexunet/base/memory.h"
#include "flexunet/base/text.h"
#include "flexunet/dataset/decoder.h"

namespace flexunet {
namespace {

std::string counted(std::size_t count, const char* thing) {
  return fmt::format("{} {}{}", count, thing, count == 1 ? "" : "s");
}

using SplitPairs = std::vector<PairListing>;

std::uint64_t bytes_of(const std::vector<DatasetRequest>& requests, const SplitPairs& pairs) {
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    bytes += pairs[i].pairs.size() * cache_layout(requests[i]).record_bytes();
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

// The files of the pairs that there are, so that what is wrong with them is told with the rest.
void check_files(const std::vector<DatasetRequest>& requests, const SplitPairs& pairs,
                 Findings& findings) {
  for (std::size_t i = 0; i < requests.size(); ++i) {
    SplitLoader(requests[i], pairs[i], findings).load_to_decode_again();
  }
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

void DatasetReport::Files::add(const std::filesystem::path& file) {
  if (count++ == 0) first = file.string();
}

std::vector<std::string> DatasetReport::warnings(const std::string& split_name) const {
  std::vector<std::string> lines;
  if (!passed_over.empty()) lines.push_back(passed_over);
  if (off_palette_pixels > 0) {
    lines.push_back(
        fmt::format("{}: {} pixel{} in {} had colours outside rgb_map; each got its nearest class",
                    split_name, with_thousands(off_palette_pixels),
                    off_palette_pixels == 1 ? "" : "s", counted(off_palette_masks.count, "mask")));
  }
  const auto tell_of = [&](const Files& files, const char* thing, const char* what) {
    if (files.count == 0) return;
    lines.push_back(fmt::format("{}: {} {}; the first: {}", split_name, counted(files.count, thing),
                                what, files.first));
  };
  tell_of(resized_masks, "mask", "of another size than the image, resized to it");
  tell_of(masks_with_alpha_shape, "mask",
          "of one colour all over: a shape stands in the alpha channel, which is not read; save it "
          "in the colours");
  tell_of(images_with_more, "image",
          "with channels beyond red, green, blue and alpha, which are left out");
  tell_of(damaged_pairs, "pair", "with a damaged JPEG, read as far as it goes");
  std::vector<std::size_t> absent;
  for (std::size_t i = 0; i < class_pixels.size(); ++i) {
    if (class_pixels[i] == 0) absent.push_back(i);
  }
  if (!absent.empty()) {
    lines.push_back(fmt::format("{}: no mask holds a pixel of {} {}", split_name,
                                absent.size() == 1 ? "class" : "the classes",
                                fmt::join(absent, ", ")));
  }
  return lines;
}

Dataset memory_dataset(std::vector<Sample> samples) {
  std::vector<SampleInfo> infos;
  for (const Sample& sample : samples) {
    infos.push_back(
        {sample.stem, sample.image_file, sample_checksum(sample.image, sample.class_mask)});
  }
  return {std::move(infos), {}, std::make_shared<MemoryStore>(std::move(samples))};
}

DatasetCache choose_cache(std::uint64_t bytes, std::uint64_t available) {
  // The other half is for the network, whose needs are not known here, and for reading files.
  return bytes <= available / 2 ? DatasetCache::kMemory : DatasetCache::kDisk;
}

std::vector<Dataset> load_datasets(const std::vector<DatasetRequest>& requests,
                                   const DatasetStorage& storage) {
  Findings findings;
  SplitPairs pairs;
  for (const DatasetRequest& request : requests) {
    pairs.push_back(list_pairs(request.split_name, request.folders, *request.data));
    for (const PairProblem& problem : pairs.back().problems) findings.add(problem.text);
  }
  if (!findings.empty()) check_files(requests, pairs, findings);
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

}  // namespace flexunet
