#include "dataset/split_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <system_error>
#include <utility>

#include "dataset/memory_store.h"
#include "dataset/write_turn.h"
#include "flexunet/base/error.h"
#include "flexunet/base/ordered_pipeline.h"
#include "flexunet/base/side_files.h"
#include "flexunet/base/text.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

// Decodes the files of a sample whenever it is asked for.
class FileStore : public SampleStore {
 public:
  FileStore(PairDecoder decoder, std::vector<SamplePair> pairs,
            std::vector<std::uint32_t> checksums)
      : decoder_(std::move(decoder)), pairs_(std::move(pairs)), checksums_(std::move(checksums)) {}

  Sample sample(std::size_t i) const override {
    const SamplePair& pair = pairs_.at(i);
    DecodedPair decoded = decoder_.decode(pair);
    if (!decoded.problems.empty()) {
      throw DataError(decoded.problems.front() + " (it could be read when the run began)");
    }
    if (decoded.facts.checksum != checksums_.at(i)) {
      throw DataError(
          fmt::format("{} or {}: changed during the run", pair.image.string(), pair.mask.string()));
    }
    return std::move(decoded.sample);
  }

 private:
  PairDecoder decoder_;
  std::vector<SamplePair> pairs_;
  std::vector<std::uint32_t> checksums_;
};

void require_space(const fs::path& folder, std::uint64_t bytes) {
  std::error_code unknown;
  const fs::space_info space = fs::space(folder, unknown);
  if (unknown || space.available >= bytes) return;
  throw OutputError(fmt::format("{}: the cache of samples needs {}, {} are free", folder.string(),
                                readable_bytes(static_cast<std::int64_t>(bytes)),
                                readable_bytes(static_cast<std::int64_t>(space.available))));
}

bool is_complete(const CacheFile& cache, const std::vector<CachedSample>& now) {
  return std::equal(cache.entries().begin(), cache.entries().end(), now.begin(), now.end(),
                    [](const CachedSample& a, const CachedSample& b) {
                      return a.pair.stem == b.pair.stem && a.has_files_of(b);
                    });
}

// The record that holds each sample already; the number of records where none does.
std::vector<std::size_t> find_records(const CacheFile* cache,
                                      const std::vector<CachedSample>& now) {
  const std::vector<CachedSample> none;
  const std::vector<CachedSample>& known = cache == nullptr ? none : cache->entries();
  std::map<fs::path, std::size_t> by_image;
  for (std::size_t i = 0; i < known.size(); ++i) by_image[known[i].pair.image] = i;
  std::vector<std::size_t> records;
  for (const CachedSample& sample : now) {
    const auto found = by_image.find(sample.pair.image);
    const bool fits = found != by_image.end() && known[found->second].has_files_of(sample);
    records.push_back(fits ? found->second : known.size());
  }
  return records;
}

}  // namespace

SplitLoader::SplitLoader(const DatasetRequest& request, PairListing listing, Findings& findings)
    : request_(request),
      pairs_(std::move(listing.pairs)),
      passed_over_(side_files_text(request.split_name, listing.passed_over)),
      findings_(findings),
      decoder_(request),
      layout_(cache_layout(request)) {
  forget_counts();
}

Dataset SplitLoader::load_into_memory() {
  std::vector<Sample> samples;
  decode([&](std::size_t i) { return decoder_.decode(pairs_[i]); },
         [&](std::size_t, DecodedPair decoded) { samples.push_back(std::move(decoded.sample)); });
  return finish(std::make_shared<MemoryStore>(std::move(samples)));
}

Dataset SplitLoader::load_to_decode_again() {
  const auto check = [&](std::size_t i) {
    DecodedPair decoded = decoder_.decode(pairs_[i]);
    decoded.sample = {};
    return decoded;
  };
  decode(check, [](std::size_t, const DecodedPair&) {});
  std::vector<std::uint32_t> checksums;
  for (const SampleInfo& info : infos_) checksums.push_back(info.checksum);
  return finish(std::make_shared<FileStore>(decoder_, pairs_, std::move(checksums)));
}

Dataset SplitLoader::load_from_disk(const DatasetStorage& storage) {
  const fs::path path = storage.folder / (request_.split_name + ".samples");
  const std::vector<CachedSample> now = stamp_files();
  std::shared_ptr<CacheFile> cache = open_cache(path, storage);
  std::size_t reused = now.size();
  if (!cache || !is_complete(*cache, now)) {
    create_folder(storage.folder);
    const WriteTurn turn(storage.folder, storage.say);
    cache = open_cache(path, {});  // another run may have made it in the meantime
    if (!cache || !is_complete(*cache, now)) {
      const std::size_t problems = findings_.problems().size();
      reused = write_cache(path, cache.get(), now);
      if (findings_.problems().size() > problems) return finish(nullptr);
      cache = std::make_shared<CacheFile>(path, layout_);
    }
  }
  if (cache->entries().size() != now.size()) {
    throw DataError(path.string() + ": was replaced by another run of this project: start again");
  }
  forget_counts();
  for (std::size_t i = 0; i < now.size(); ++i) count(i, cache->entries()[i].facts);
  if (storage.say) {
    const auto number = [](std::size_t n) { return with_thousands(static_cast<std::int64_t>(n)); };
    storage.say(fmt::format("dataset cache: {}, {} samples, {} reused", path.string(),
                            number(now.size()), number(reused)));
  }
  return finish(std::move(cache));
}

// Decodes with all threads, some pairs ahead, and takes what is sound in the order of the pairs.
void SplitLoader::decode(const Produce& produce, const Take& take) {
  constexpr std::size_t kAhead = 4;  // of each thread: pairs may differ in size
  const int threads = request_.threads > 1 ? request_.threads : 0;
  OrderedPipeline<DecodedPair> decoded(
      pairs_.size(), {threads, kAhead * static_cast<std::size_t>(threads)}, produce);
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    DecodedPair pair = decoded.next();
    for (const std::string& problem : pair.problems) {
      findings_.add(request_.split_name + ": " + problem);
    }
    if (!pair.problems.empty()) continue;
    count(i, pair.facts);
    take(i, std::move(pair));
  }
}

void SplitLoader::forget_counts() {
  infos_.clear();
  report_ = {};
  report_.passed_over = passed_over_;
  report_.class_pixels.resize(static_cast<std::size_t>(request_.network->num_classes));
}

void SplitLoader::count(std::size_t pair, const SampleFacts& facts) {
  infos_.push_back({pairs_[pair].stem, pairs_[pair].image, facts.checksum});
  const auto& [stem, image, mask] = pairs_[pair];
  report_.mask_pixels += facts.mask_pixels;
  report_.off_palette_pixels += facts.off_palette_pixels;
  report_.stray_pixels += facts.stray_pixels;
  if (facts.off_palette_pixels > 0) report_.off_palette_masks.add(mask);
  if (facts.stray_pixels > 0) report_.stray_masks.add(mask);
  if (facts.mask_resized) report_.resized_masks.add(mask);
  if (facts.remarks.shape_in_alpha) report_.masks_with_alpha_shape.add(mask);
  if (facts.remarks.has_other_channels) report_.images_with_more.add(image);
  if (facts.remarks.is_damaged) report_.damaged_pairs.add(image);
  for (std::size_t i = 0; i < report_.class_pixels.size(); ++i) {
    report_.class_pixels[i] += facts.class_pixels[i];
  }
}

std::vector<CachedSample> SplitLoader::stamp_files() const {
  std::vector<CachedSample> samples;
  for (const SamplePair& pair : pairs_) {
    samples.push_back({{pair.stem, fs::absolute(pair.image), fs::absolute(pair.mask)},
                       settled_stamp(pair.image),
                       settled_stamp(pair.mask),
                       {}});
  }
  return samples;
}

// Masks that mostly show other colours than rgb_map are no masks, or those of another data set.
void SplitLoader::refuse_strange_colors() {
  if (request_.lenient || 2 * report_.stray_pixels <= report_.mask_pixels) return;
  findings_.add(fmt::format(
      "{}: {:.0f} % of the pixels of its masks are far from every colour of rgb_map, the first in "
      "{}: do images and masks lie in each other's folders, or is it the map of another data "
      "set?{}",
      request_.split_name,
      100.0 * static_cast<double>(report_.stray_pixels) / static_cast<double>(report_.mask_pixels),
      report_.stray_masks.first,
      request_.lenient_option.empty() ? ""
                                      : fmt::format(" ({} goes on)", request_.lenient_option)));
}

// Null where there is none that could be of use.
std::shared_ptr<CacheFile> SplitLoader::open_cache(const fs::path& path,
                                                   const DatasetStorage& storage) const {
  std::error_code unreadable;
  if (!fs::exists(path, unreadable)) return nullptr;
  const auto say_why = [&](const std::string& why) {
    if (storage.say) storage.say(fmt::format("dataset cache: {}: made anew", why));
  };
  try {
    auto cache = std::make_shared<CacheFile>(path, layout_);
    if (cache->entries().empty()) say_why(path.string() + ": of other options");
    return cache;
  } catch (const DataError& error) {
    say_why(error.what());
    return nullptr;
  }
}

// Replaces the cache file unless a file of the data set is wrong. Returns how many samples came
// from `old`.
std::size_t SplitLoader::write_cache(const fs::path& path, const CacheFile* old,
                                     std::vector<CachedSample> entries) {
  require_space(path.parent_path(), entries.size() * layout_.record_bytes());
  const std::vector<std::size_t> records = find_records(old, entries);
  const std::size_t no_record = old == nullptr ? 0 : old->entries().size();
  std::vector<char> was_reused(entries.size());
  const auto produce = [&](std::size_t i) {
    if (records[i] != no_record) {
      try {
        DecodedPair kept{old->sample(records[i]), old->entries()[records[i]].facts, {}};
        was_reused[i] = 1;
        return kept;
      } catch (const DataError&) {
        // Damaged: its files are there.
      }
    }
    return decoder_.decode(pairs_[i]);
  };
  const std::size_t problems = findings_.problems().size();
  const auto is_sound = [&] { return findings_.problems().size() == problems; };
  try {
    write_file(path, [&](const Append& append) {
      CacheWriter writer(layout_, append);
      decode(produce, [&](std::size_t i, DecodedPair pair) {
        entries[i].facts = std::move(pair.facts);
        if (is_sound()) writer.add(pair.sample, std::move(entries[i]));
      });
      if (!is_sound()) throw DataError("incomplete");  // the file that is there stays
      writer.finish();
    });
  } catch (const DataError&) {
    if (is_sound()) throw;
  }
  return static_cast<std::size_t>(std::count(was_reused.begin(), was_reused.end(), 1));
}

Dataset SplitLoader::finish(std::shared_ptr<const SampleStore> store) {
  refuse_strange_colors();
  return {std::move(infos_), std::move(report_), std::move(store)};
}

}  // namespace flexunet
