#pragma once

#include <cstdint>

// The parts of a convolution through tiled Fourier transforms that depend on the instruction set.
// fft_kernels.cpp is compiled once for each; plain floats and pointers only, so that no inline
// function of another header is compiled for instructions that the processor may lack.
namespace flexunet::fft {

constexpr std::int64_t kLanes = 16;          // channels that lie together: a group
constexpr std::int64_t kPoint = 2 * kLanes;  // floats of a group at one frequency: real, imaginary

/// Images (N,H,W,C), float32 or bfloat16, the channels of a pixel without gaps, the others so many
/// numbers apart; `bias` (C) or null is added to what is written.
struct Images {
  void* data;
  bool bfloat16;
  std::int64_t height, width, channels;
  std::int64_t from_image, from_row, from_pixel;
  const float* bias;
};

/// A square part of image number `image` (-1: none): its pixels (y + i, x + j), which may lie
/// outside.
struct Patch {
  std::int64_t image, y, x;
};

/// The channels [16 group, 16 group + 16) of two patches of length x length pixels, the real and
/// the imaginary part of one complex tile. They start at sample `offset` of the tile in both
/// directions; the other samples, and those outside the image, count as 0 and are not written.
struct TilePair {
  Patch patches[2];
  std::int64_t offset, length, group;
};

/// Filters (rows, kernel, kernel, columns), columns a multiple of kLanes.
struct Filters {
  float* data;
  std::int64_t rows, columns, kernel;
};

/// The rows `row` and row + 1 (if there is one) of the columns [16 group, 16 group + 16).
struct FilterPair {
  std::int64_t row, group;
};

/// The tiles x and y of `pairs` pairs, size x size samples each.
struct Product {
  std::int64_t size, x_groups, y_groups, pairs;
};

struct Range {
  std::int64_t begin, end;
};

/// Spectra of tiles lie as [pair][kx][ky][group][re, im][lane], those of filters as
/// [kx <= size / 2][ky][row][group][re, im][lane]: the filters are real, the rest follows from
/// these. `size` is one of kSizes, `work` points to work_floats(size) floats.
struct Kernels {
  /// The spectrum of a pair of tiles, written to its group of the pair that begins at `spectrum`.
  void (*transform)(std::int64_t size, const Images& images, const TilePair& tiles, float* spectrum,
                    float* work);
  /// Its inverse times size^2, written into the patches.
  void (*restore)(std::int64_t size, const float* spectrum, const TilePair& tiles,
                  const Images& images, float* work);
  /// The spectra of a pair of filters divided by size^2.
  void (*transform_filters)(std::int64_t size, const Filters& filters, const FilterPair& pair,
                            float* spectra, float* work);
  /// The inverse times size^2: the first kernel x kernel samples of the pair of filters.
  void (*restore_filters)(std::int64_t size, const float* spectra, const Filters& filters,
                          const FilterPair& pair, float* work);
  /// y = x w, w with a row for each channel of x, at these frequencies of w and those that mirror
  /// them.
  void (*multiply)(const Product& product, const float* x, const float* w, float* y, Range range);
  /// y = x conj(w).
  void (*correlate)(const Product& product, const float* x, const float* w, float* y, Range range);
  /// w += the sum over all tiles of x conj(y), both patches of a pair by themselves.
  void (*accumulate)(const Product& product, const float* x, const float* y, float* w, Range range);
};

/// Frequencies from one pair's spectrum to the next's: one is left out, because tiles apart by a
/// power of two compete for the same lines of the cache.
constexpr std::int64_t pair_points(std::int64_t size) { return size * size + 1; }

constexpr std::int64_t kSizes[] = {20, 32, 64};

/// Floats of memory that a call above needs for itself.
constexpr std::int64_t work_floats(std::int64_t size) {
  return (2 * size * (size + 1) + size) * kPoint;
}

namespace baseline {
extern const Kernels kKernels;
}
namespace avx2 {
extern const Kernels kKernels;
}
namespace avx512 {
extern const Kernels kKernels;
}

}  // namespace flexunet::fft
