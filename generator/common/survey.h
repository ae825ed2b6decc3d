#pragma once

#include <cstdint>
#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <opencv2/core/types.hpp>
#include <string>
#include <vector>

#include "flexunet/dataset/pairs.h"
#include "flexunet/options/options.h"
#include "generator/common/mask_colors.h"
#include "generator/common/origins.h"
#include "generator/common/picture_hash.h"

namespace flexunet {

struct NamedSplit {
  std::string name;  ///< "train", "valid", "test", or that of a folder that is not divided
  SplitFolders folders;
};

struct SurveyRequest {
  std::vector<NamedSplit> splits;
  NetworkOptions network;     ///< image_channels, and num_classes for .npz masks
  DataOptions data;           ///< an empty rgb_map: the masks' own colours are the classes
  std::string group_pattern;  ///< as in Origins
  bool read_images = true;    ///< else masks alone
  int threads = 1;
};

/// The colours of a mask that are not in rgb_map.
struct OffPalette {
  std::int64_t pixels = 0;
  std::size_t colors = 0;
  RgbColor color{};  ///< the most frequent of them
  std::int64_t color_pixels = 0;
  std::int64_t stray_pixels = 0;  ///< of all, farther than RgbMap::kPaletteNoise from the map
  cv::Point first;                ///< its first pixel
  int nearest_class = 0;          ///< what it is decoded to
};

/// What a sample of the pairs is kept of, for checks that compare images with masks.
struct PairSketch {
  cv::Mat image;         ///< as mask_fit_image makes it
  cv::Mat mask;          ///< as mask_fit_mask makes it: colours, or classes of an .npz mask
  int image_colors = 0;  ///< different colours among 128x128 pixels of the image
  int mask_colors = 0;   ///< and of the mask

  bool empty() const { return image.empty() || mask.empty(); }
};

/// What is known of an image and its mask. Without an image or mask that can be read, what would
/// be known of it is empty.
struct SurveyedPair {
  std::size_t split = 0;  ///< index of Survey::splits
  SamplePair pair;
  Origin origin;
  std::string image_problem;  ///< why it cannot be read; names the file
  std::string mask_problem;
  cv::Size image_size;
  cv::Size mask_size;
  std::uint32_t pixel_checksum = 0;  ///< orientation_free_checksum of the image
  PictureHash hash;
  double contrast = 0;                     ///< standard deviation of the image's values, 0..128
  std::vector<std::int64_t> class_pixels;  ///< of each class
  OffPalette off_palette;
  PairSketch sketch;  ///< of at most 512 pairs, spread evenly

  bool has_image() const { return image_problem.empty() && !image_size.empty(); }
  bool has_mask() const { return mask_problem.empty(); }
};

struct Survey {
  std::vector<NamedSplit> splits;
  NetworkOptions network;  ///< the request's, to read files again
  DataOptions data;
  int threads = 1;
  std::vector<SurveyedPair> pairs;            ///< split by split, by stem
  std::vector<PairProblem> pair_problems;     ///< of all splits
  std::vector<std::string> missing_pictures;  ///< that a manifest lists
  std::vector<RgbMapEntry> rgb_map;           ///< the request's, or guess_rgb_map of the masks
  bool is_map_guessed = false;
  bool is_sketched_whole = false;  ///< every pair has a sketch, as far as it can be read
};

/// Reads every file of a data set once; the result does not depend on `threads`. Throws DataError
/// and ConfigError for a manifest or a pattern that is wrong, and Interrupted.
Survey survey_dataset(const SurveyRequest& request);

/// Reads the image of a pair again, (H,W) CV_8UC(C). Throws DataError.
cv::Mat read_again(const Survey& survey, const SurveyedPair& pair);
/// Reads its mask again, as a class mask (H,W) CV_8UC1. Throws DataError.
cv::Mat read_classes_again(const Survey& survey, const SurveyedPair& pair);
/// The class mask (128,128) of a sketch that is not empty.
cv::Mat sketched_classes(const Survey& survey, const PairSketch& sketch);

/// What a guessed map took for mixtures of its colours: how many pixels, of how many colours, and
/// where the most frequent one is; empty where there is nothing of the kind, or where the map was
/// given.
std::string blended_colors_text(const Survey& survey);

/// class_colors with indices: the background, which is black or else the most frequent, is 0; the
/// others follow by their pixels, or where all are gray by their brightness.
std::vector<RgbMapEntry> guess_rgb_map(const ColorTotals& total);

}  // namespace flexunet
