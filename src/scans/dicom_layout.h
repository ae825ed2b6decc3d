#pragma once

#include <cstdint>
#include <opencv2/core/types.hpp>
#include <string>

namespace flexunet {

/// How a DICOM file lays out its pixels (PS3.3 C.7.6.3).
struct DicomLayout {
  cv::Size size;            ///< pixels
  int frames = 1;           ///< at least 1
  int samples = 1;          ///< values a pixel: 1 or 3
  int bits_allocated = 16;  ///< of a value: 1, 8, 16 or 32
  int bits_stored = 16;     ///< of these in use, the highest of them `high_bit`
  int high_bit = 15;        ///< from 0, below bits_allocated
  bool is_signed = false;   ///< two's complement
  bool is_planar = false;   ///< all red values of a frame first, then all green, then all blue
  std::string color_space;  ///< PhotometricInterpretation: MONOCHROME2, RGB, ...
};

/// The bits that a frame takes uncompressed.
std::uint64_t frame_bits(const DicomLayout& layout);

/// What keeps us from reading such a layout; empty where nothing does.
std::string problem_of(const DicomLayout& layout);

}  // namespace flexunet
