#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dataset/file_stamp.h"
#include "flexunet/base/file_descriptor.h"
#include "flexunet/base/files.h"
#include "flexunet/dataset/dataset.h"
#include "flexunet/dataset/decoder.h"

namespace flexunet {

// A cache file holds the decoded samples of a split. Numbers are little-endian.
//   8 bytes        "FlexUNet"
//   8 bytes        version of this layout
//   records        of each sample the bytes of image (H,W,C) and class mask (H,W)
//   JSON           {"options": ..., "samples": [...]}, a sample for each record
//   8 + 4 + 4      length of the JSON, its CRC-32, "end\n"

/// What all samples of a cache file have in common.
struct CacheLayout {
  std::string options;  ///< JSON of all that decoding depends on beside the files
  cv::Size size;        ///< of image and class mask
  int channels = 3;     ///< of the image
  int classes = 2;

  std::uint64_t image_bytes() const;
  std::uint64_t mask_bytes() const;
  std::uint64_t record_bytes() const { return image_bytes() + mask_bytes(); }
};
CacheLayout cache_layout(const DatasetRequest& request);

/// What a cache file tells about one of its samples.
struct CachedSample {
  SamplePair pair;  ///< absolute paths
  std::optional<FileStamp> image_stamp;
  std::optional<FileStamp> mask_stamp;
  SampleFacts facts;

  /// Whether the files were the same when the sample was decoded as `now`; never without stamps.
  bool has_files_of(const CachedSample& now) const;
};

/// The JSON of a cache file, and back. Throws std::exception when it is not that of `records`
/// records; without samples when it is of other options.
std::string cache_index(const CacheLayout& layout, const std::vector<CachedSample>& samples);
std::vector<CachedSample> parse_cache_index(std::string_view text, const CacheLayout& layout,
                                            std::uint64_t records);

/// Writes a cache file piece by piece.
class CacheWriter {
 public:
  CacheWriter(const CacheLayout& layout, const Append& append);
  /// The next record.
  void add(const Sample& sample, CachedSample entry);
  /// Writes the index, after the last record.
  void finish();

 private:
  const CacheLayout& layout_;
  const Append& append_;
  std::vector<CachedSample> entries_;
};

/// A cache file, read record by record into memory of its own: a file that is cut short while it is
/// in use is an error and no crash.
class CacheFile : public SampleStore {
 public:
  /// Opens a file. Throws DataError: it cannot be read, is damaged, or is none.
  CacheFile(std::filesystem::path path, CacheLayout layout);

  /// In the order of the records; empty when the file was made with other options.
  const std::vector<CachedSample>& entries() const { return entries_; }

  /// Throws DataError when the record is not what was written.
  Sample sample(std::size_t i) const override;

 private:
  void read_index();
  void read_at(std::uint64_t offset, void* target, std::uint64_t bytes) const;
  [[noreturn]] void fail(const std::string& why) const;

  std::filesystem::path path_;
  CacheLayout layout_;
  FileDescriptor file_;
  bool in_use_ = false;  // not being opened
  std::vector<CachedSample> entries_;
};

}  // namespace flexunet
