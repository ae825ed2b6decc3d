#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "flexunet/dataset/pairs.h"
#include "flexunet/options/options.h"

namespace flexunet {

/// An image and its class mask at model size.
struct Sample {
  std::string stem;                    ///< as in SamplePair
  cv::Mat image;                       ///< (H,W) CV_8UC(image_channels), RGB, 0..255
  cv::Mat class_mask;                  ///< (H,W) CV_8UC1, class indices
  std::filesystem::path image_file{};  ///< where the image was read from
};

/// What is known of a sample without its pixels.
struct SampleInfo {
  std::string stem;                  ///< as in SamplePair
  std::filesystem::path image_file;  ///< where the image was read from
  std::uint32_t checksum = 0;        ///< CRC-32 of what the network sees, image, then class mask
};

/// What decoding found that a user should know.
struct DatasetReport {
  /// Files to which something applies, and the path of the first of them.
  struct Files {
    std::size_t count = 0;
    std::string first;
    void add(const std::filesystem::path& file);
  };
  std::int64_t mask_pixels = 0;         ///< of the masks' files
  std::int64_t off_palette_pixels = 0;  ///< of these, with colours outside rgb_map
  std::int64_t stray_pixels = 0;        ///< of these, far from every colour of rgb_map
  Files off_palette_masks;
  Files stray_masks;
  Files resized_masks;           ///< of another size than their image
  Files masks_with_alpha_shape;  ///< one colour all over, while alpha, which is dropped, differs
  Files images_with_more;        ///< channels beyond gray or RGB and alpha, which are left out
  Files damaged_pairs;           ///< a JPEG of which was read as far as it goes
  std::string passed_over;       ///< files beside the data, for people; empty where there are none
  std::vector<std::int64_t> class_pixels;  ///< pixels of each class, at model size

  /// Warnings for people, one a line; empty when there is nothing to say.
  std::vector<std::string> warnings(const std::string& split_name) const;
};

/// Where the pixels of a data set are: in memory, in a cache file, or in its own files.
class SampleStore {
 public:
  virtual ~SampleStore() = default;
  /// Sample i; may be called from several threads at once. Throws DataError.
  virtual Sample sample(std::size_t i) const = 0;
};

/// The samples of a split, in the order of its pairs. Copies share the pixels.
class Dataset {
 public:
  Dataset(std::vector<SampleInfo> infos, DatasetReport report,
          std::shared_ptr<const SampleStore> store)
      : infos_(std::move(infos)), report_(std::move(report)), store_(std::move(store)) {}

  std::size_t size() const { return infos_.size(); }
  const SampleInfo& info(std::size_t i) const { return infos_.at(i); }
  /// Sample i, whose pixels must not be written to; may be called from several threads at once.
  /// Throws DataError: its file changed or cannot be read any more.
  Sample sample(std::size_t i) const { return store_->sample(i); }
  const DatasetReport& report() const { return report_; }

 private:
  std::vector<SampleInfo> infos_;
  DatasetReport report_;
  std::shared_ptr<const SampleStore> store_;
};

/// A data set of samples that are in memory already; its report is empty.
Dataset memory_dataset(std::vector<Sample> samples);

struct DatasetRequest {
  std::string split_name;  ///< for messages, and the name of its cache file
  SplitFolders folders;
  const NetworkOptions* network;  ///< size and channels
  const DataOptions* data;
  int threads = 1;  ///< decoding threads
  /// A mask of another aspect ratio is resized, and one of other colours read, not refused.
  bool lenient = false;
  std::string lenient_option = {};  ///< said where one is refused: how the user asks for it
};

/// Where the samples of all splits are to be.
struct DatasetStorage {
  /// kMemory: all of them. kDisk: in one cache file a split, which serves later runs as well; it is
  /// made anew where files or options changed. kNone: nowhere; every sample is decoded again
  /// whenever it is needed. kAuto: kMemory if that takes at most half of the memory that is
  /// available, else kDisk, or with a warning kNone where no cache file can be written.
  DatasetCache cache = DatasetCache::kMemory;
  std::filesystem::path folder{};                     ///< of the cache files
  std::function<void(const std::string&)> say = {};   ///< takes remarks, a line each
  std::function<void(const std::string&)> warn = {};  ///< takes warnings
  std::optional<std::uint64_t> available_memory{};    ///< bytes, instead of what the system says
};

/// Finds and checks whole splits; what is wrong with any pair or file of any split is told at once.
/// More than half of a split's mask pixels far from every colour of rgb_map (RgbMap::kPaletteNoise)
/// are an error as well. The result does not depend on `threads`. Throws DataError listing
/// every file that is wrong (first 20 and a count). Throws OutputError where kDisk is asked for and
/// cannot be written.
std::vector<Dataset> load_datasets(const std::vector<DatasetRequest>& requests,
                                   const DatasetStorage& storage = {});

/// What kAuto stands for where samples of `bytes` in all meet so much available memory.
DatasetCache choose_cache(std::uint64_t bytes, std::uint64_t available);

}  // namespace flexunet
