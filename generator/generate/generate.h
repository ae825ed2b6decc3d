#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <opencv2/core/types.hpp>
#include <optional>
#include <vector>

#include "flexunet/imaging/warp.h"
#include "flexunet/options/augmentation_options.h"
#include "flexunet/scans/scans.h"
#include "generator/generate/recolor.h"
#include "generator/generate/slice_pairs.h"

namespace flexunet {

/// How a slice and its mask become a picture and a mask of colours.
struct PairReading {
  ScanIntensity intensity;
  SlicePlane plane = SlicePlane::kAxial;
  std::vector<RecolorRule> recolor_rules;
  std::optional<cv::Size> size;  ///< pixels; none: as they are
};

struct GenerateRequest {
  std::filesystem::path images;  ///< as it was given: manifest names are relative to it
  std::filesystem::path out;
  PairReading reading;
  AugmentationOptions augmentation;
  std::uint64_t seed = 137;
  int first_number = 10001;
  int threads = 1;
  bool lenient = false;  ///< goes on where masks look like images and images like masks
  std::function<void(std::size_t done)> on_pair = {};  ///< called after each pair
};

/// What was written.
struct GenerateSummary {
  std::size_t sources = 0;
  std::size_t variants = 0;
  std::size_t shared_masks = 0;  ///< masks where segments of a DICOM segmentation overlap
};

/// Reads a pair: image and mask (H,W) CV_8UC3. Throws DataError.
ImageAndMask read_pair(const SlicePair& pair, const PairReading& reading);

/// Writes out/images and out/masks, each source as NUMBER.png and its variants as PREFIXNUMBER.png,
/// and out/manifest.csv. Each variant is made from its source, by draws of seed, number and variant
/// alone: the files do not depend on the number of threads. The folder appears when it is complete.
/// Throws DataError listing every pair that is wrong, ConfigError where two variants would have the
/// same name, and OutputError.
GenerateSummary generate(const std::vector<SlicePair>& pairs, const GenerateRequest& request);

}  // namespace flexunet
