#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dataset/sample_cache.h"
#include "flexunet/base/findings.h"
#include "flexunet/dataset/dataset.h"
#include "flexunet/dataset/decoder.h"

namespace flexunet {

/// Loads one split whose pairs are known. What is wrong with its files goes to `findings`; the data
/// set is then incomplete.
class SplitLoader {
 public:
  SplitLoader(const DatasetRequest& request, PairListing listing, Findings& findings);

  Dataset load_into_memory();
  /// Every sample is decoded once, to check it, and again whenever it is needed.
  Dataset load_to_decode_again();
  /// From a cache file, which is made where there is none that fits. Throws OutputError when it
  /// cannot be written.
  Dataset load_from_disk(const DatasetStorage& storage);

 private:
  using Produce = std::function<DecodedPair(std::size_t)>;
  using Take = std::function<void(std::size_t, DecodedPair)>;

  void decode(const Produce& produce, const Take& take);
  void forget_counts();
  void count(std::size_t pair, const SampleFacts& facts);
  std::vector<CachedSample> stamp_files() const;
  std::shared_ptr<CacheFile> open_cache(const std::filesystem::path& path,
                                        const DatasetStorage& storage) const;
  std::size_t write_cache(const std::filesystem::path& path, const CacheFile* old,
                          std::vector<CachedSample> entries);
  void refuse_strange_colors();
  Dataset finish(std::shared_ptr<const SampleStore> store);

  const DatasetRequest& request_;
  std::vector<SamplePair> pairs_;
  std::string passed_over_;  // as DatasetReport says it
  Findings& findings_;
  PairDecoder decoder_;
  CacheLayout layout_;
  std::vector<SampleInfo> infos_;
  DatasetReport report_;
};

}  // namespace flexunet
