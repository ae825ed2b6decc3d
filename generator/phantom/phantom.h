#pragma once

#include <cstdint>
#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <vector>

#include "flexunet/options/options.h"

namespace flexunet {

/// A synthetic sagittal MRI slice of a knee and the truth about it.
struct Phantom {
  cv::Mat image;       ///< (H,W) CV_8UC3, gray
  cv::Mat class_mask;  ///< (H,W) CV_8UC1: 1 where the pixel's centre lies in a bone
};

/// A pure function of the three; `size` is width and height in pixels, at least 16.
Phantom make_phantom(int size, std::uint64_t seed, std::uint64_t index);

/// What the colours of the masks mean: black background, (128,40,40) bone.
std::vector<RgbMapEntry> phantom_rgb_map();

/// Throws ConfigError unless `count` is at least 10 and `size` 16..4096.
void check_phantom_size(int count, int size);

struct PhantomRequest {
  std::filesystem::path out;
  int count = 60;  ///< pairs, at least 10
  int size = 128;  ///< pixels
  std::uint64_t seed = 137;
  bool force = false;  ///< write into a folder that is not empty
};

/// Writes out/{train,valid,test}/{images,masks}/10001.png ... (70, 20 and 10 %, in order).
/// Throws ConfigError (count or size too small) and OutputError (not empty, not writable).
void write_phantoms(const PhantomRequest& request);

}  // namespace flexunet
