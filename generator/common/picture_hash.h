#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <opencv2/core/mat.hpp>
#include <string>

namespace flexunet {

/// The flips and rotations by right angles of a picture.
constexpr std::size_t kOrientations = 8;
/// Orientation 0 is the picture (H,W) itself; `orientation` below kOrientations.
cv::Mat oriented(const cv::Mat& picture, std::size_t orientation);
/// "" for orientation 0, else such as "mirrored left to right".
std::string orientation_text(std::size_t orientation);

/// What a picture looks like, whatever its size, compression and orientation.
struct PictureHash {
  /// Of each orientation, 64 bits: the signs of the lowest frequencies of the discrete cosine
  /// transform above 0 about their median (as in pHash: Zauner 2010).
  std::array<std::uint64_t, kOrientations> bits{};
  /// (32,32) CV_32FC1: gray values without their mean, of length 1; all 0 for a flat picture.
  cv::Mat thumbnail;
};

/// Of an image (H,W) CV_8UC(C).
PictureHash picture_hash(const cv::Mat& image);

/// How like two pictures are.
struct Likeness {
  int bits = 64;                ///< that differ, in the best orientation
  std::size_t orientation = 0;  ///< of `b` that comes nearest to `a`
};
Likeness likeness(const PictureHash& a, const PictureHash& b);

/// CRC-32 of size and pixels, equal for a picture and all its orientations.
std::uint32_t orientation_free_checksum(const cv::Mat& image);

}  // namespace flexunet
