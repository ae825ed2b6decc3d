#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "flexunet/config/options.h"
#include "flexunet/dataset/pairs.h"

namespace flexunet {

/// An image and its class mask at model size.
struct Sample {
  std::string stem;                    ///< as in SamplePair
  cv::Mat image;                       ///< (H,W) CV_8UC(image_channels), RGB, 0..255
  cv::Mat class_mask;                  ///< (H,W) CV_8UC1, class indices
  std::filesystem::path image_file{};  ///< where the image was read from
};

/// What decoding found that a user should know.
struct DatasetReport {
  std::int64_t off_palette_pixels = 0;     ///< pixels with colours outside rgb_map
  std::size_t off_palette_files = 0;       ///< masks that hold such pixels
  std::size_t resized_masks = 0;           ///< masks of another size than their image
  std::string first_resized_mask;          ///< path of the first of them
  std::vector<std::int64_t> class_pixels;  ///< pixels of each class, at model size

  /// Warnings for people, one a line; empty when there is nothing to say.
  std::vector<std::string> warnings(const std::string& split_name) const;
};

/// A decoded split, kept as uint8.
struct Dataset {
  std::vector<Sample> samples;  ///< in the order of the pairs
  DatasetReport report;
};

struct DatasetRequest {
  std::string split_name;  ///< for messages
  SplitFolders folders;
  const NetworkOptions* network;  ///< size and channels
  const DataOptions* data;
  int threads = 1;       ///< decoding threads
  bool lenient = false;  ///< a mask of another aspect ratio is resized, not refused
};

/// Checksums of what the network sees of each sample, image and class mask, in the order of the
/// samples.
std::vector<std::uint32_t> sample_checksums(const Dataset& dataset, int threads);

/// Finds, decodes and resizes a whole split. The result does not depend on `threads`.
/// Throws DataError listing every file that is wrong (first 20 and a count).
Dataset load_dataset(const DatasetRequest& request);

/// The same for several splits: all pairs are found before any image is read, and what is wrong in
/// any split is told at once.
std::vector<Dataset> load_datasets(const std::vector<DatasetRequest>& requests);

/// An image at its own size, (H,W) CV_8UC(image_channels), from a picture or an .npy array; values
/// of 16 bits are scaled as data.intensity_range says. The one way in for training, evaluation,
/// inference and previews. Throws DataError, also for other channels.
cv::Mat read_image(const std::filesystem::path& path, const NetworkOptions& network,
                   const DataOptions& data);

}  // namespace flexunet
