#pragma once

#include "fft/fft_transform.h"

// The products of spectra, for each frequency a product of matrices (tiles x channels). Included by
// fft_kernels.cpp only.
namespace flexunet::fft::FLEXUNET_FFT_NAMESPACE {
namespace {

// The index of the frequency -f.
template <typename Integer>
inline Integer mirror(Integer f, Integer size) {
  const Integer kx = f / size, ky = f % size;
  return (kx == 0 ? 0 : size - kx) * size + (ky == 0 ? 0 : size - ky);
}

template <int kSize>
inline int mirrored(int f) {
  return mirror(f, kSize);
}

// Whether -f lies in the half of the spectrum that filters have, as f does.
inline bool own_mirror(std::int64_t f, std::int64_t size) {
  const std::int64_t kx = f / size;
  return kx == 0 || 2 * kx == size;
}

struct Strides {
  std::int64_t x, y, w;  // floats from tile to tile, of w from row to row
};

// y = x conj(w) (or x w) for kTiles tiles and kGroups vectors of output channels.
template <int kTiles, int kGroups, bool kConjugate>
void multiply_block(const float* x, const float* w, float* y, const Strides& strides,
                    std::int64_t in_groups) {
  Complex sums[kTiles][kGroups] = {};
  for (std::int64_t group = 0; group < in_groups; ++group) {
    const float* from = x + group * kPoint;
#pragma GCC unroll 1
    for (int lane = 0; lane < kLanes; ++lane, w += strides.w) {
#pragma GCC unroll 2
      for (int g = 0; g < kGroups; ++g) {
        const Vector re = load(w + g * kPoint), im = load(w + g * kPoint + kLanes);
#pragma GCC unroll 8
        for (int t = 0; t < kTiles; ++t) {
          const float a = from[t * strides.x + lane], b = from[t * strides.x + lane + kLanes];
          if (kConjugate) {
            sums[t][g].re += a * re;
            sums[t][g].im += b * re;
            sums[t][g].re += b * im;
            sums[t][g].im -= a * im;
          } else {
            sums[t][g].re += a * re;
            sums[t][g].im += b * re;
            sums[t][g].re -= b * im;
            sums[t][g].im += a * im;
          }
        }
      }
    }
  }
#pragma GCC unroll 8
  for (int t = 0; t < kTiles; ++t) {
#pragma GCC unroll 2
    for (int g = 0; g < kGroups; ++g) {
      store(y + t * strides.y + g * kPoint, sums[t][g].re);
      store(y + t * strides.y + g * kPoint + kLanes, sums[t][g].im);
    }
  }
}

#if defined(__AVX512F__)
constexpr int kTileBlock = 6, kWideRows = 4, kNarrowRows = 8;
#else
constexpr int kTileBlock = 3, kWideRows = 2, kNarrowRows = 2;
#endif

template <int kTiles, bool kConjugate>
void multiply_tiles(const Product& product, const float* x, const float* w, float* y) {
  const std::int64_t points = pair_points(product.size);
  const Strides strides = {points * product.x_groups * kPoint, points * product.y_groups * kPoint,
                           product.y_groups * kPoint};
  for (std::int64_t lane = 0; lane < kLanes; lane += kVectorLanes) {
    std::int64_t group = 0;
    for (; group + 2 <= product.y_groups && kVectorLanes == kLanes; group += 2) {
      const std::int64_t at = group * kPoint + lane;
      multiply_block<kTiles, 2, kConjugate>(x, w + at, y + at, strides, product.x_groups);
    }
    for (; group < product.y_groups; ++group) {
      const std::int64_t at = group * kPoint + lane;
      multiply_block<kTiles, 1, kConjugate>(x, w + at, y + at, strides, product.x_groups);
    }
  }
}

template <bool kConjugate>
void multiply_some(std::int64_t tiles, const Product& product, const float* x, const float* w,
                   float* y) {
  switch (tiles) {
    case 1:
      return multiply_tiles<1, kConjugate>(product, x, w, y);
    case 2:
      return multiply_tiles<2, kConjugate>(product, x, w, y);
    case 3:
      return multiply_tiles<3, kConjugate>(product, x, w, y);
    case 4:
      return multiply_tiles<4, kConjugate>(product, x, w, y);
    case 5:
      return multiply_tiles<5, kConjugate>(product, x, w, y);
    default:
      return multiply_tiles<kTileBlock, kConjugate>(product, x, w, y);
  }
}

// Few frequencies at a time, so that their filters stay in the cache for all tiles.
inline std::int64_t frequency_block(const Product& product) {
  constexpr std::int64_t kFloats = 32 * 1024;
  const std::int64_t block = kFloats / (product.x_groups * kLanes * product.y_groups * kPoint);
  return block < 1 ? 1 : block > 8 ? 8 : block;
}

template <bool kConjugate>
void multiply_range(const Product& product, const float* x, const float* w, float* y, Range range) {
  const std::int64_t size = product.size, points = pair_points(size);
  const std::int64_t in = product.x_groups * kPoint, out = product.y_groups * kPoint;
  const std::int64_t block = frequency_block(product);
  for (std::int64_t first = range.begin; first < range.end; first += block) {
    const std::int64_t last = first + block < range.end ? first + block : range.end;
    for (std::int64_t pair = 0; pair < product.pairs; pair += kTileBlock) {
      const std::int64_t left = product.pairs - pair, tiles = left < kTileBlock ? left : kTileBlock;
      const float* x_pair = x + pair * points * in;
      float* y_pair = y + pair * points * out;
      for (std::int64_t f = first; f < last; ++f) {
        const float* filters = w + f * product.x_groups * kLanes * out;
        const std::int64_t m = mirror(f, size);
        multiply_some<kConjugate>(tiles, product, x_pair + f * in, filters, y_pair + f * out);
        if (own_mirror(f, size)) continue;
        multiply_some<!kConjugate>(tiles, product, x_pair + m * in, filters, y_pair + m * out);
      }
    }
  }
}

void multiply(const Product& product, const float* x, const float* w, float* y, Range range) {
  multiply_range<false>(product, x, w, y, range);
}

void correlate(const Product& product, const float* x, const float* w, float* y, Range range) {
  multiply_range<true>(product, x, w, y, range);
}

// w += x conj(y) at f and its conjugate at -f, both halved, for kRows channels of x.
template <int kRows, int kGroups>
void accumulate_block(const float* const x[2], const float* const y[2], float* w,
                      const Strides& strides, std::int64_t pairs) {
  Complex sums[kRows][kGroups] = {};
  for (std::int64_t pair = 0; pair < pairs; ++pair) {
    for (int side = 0; side < 2; ++side) {
      const float* from = x[side] + pair * strides.x;
      const float* other = y[side] + pair * strides.y;
      const float sign = side == 0 ? 1.0F : -1.0F;
#pragma GCC unroll 2
      for (int g = 0; g < kGroups; ++g) {
        const Vector re = load(other + g * kPoint), im = load(other + g * kPoint + kLanes);
        const Vector signed_re = sign * re, signed_im = sign * im;
#pragma GCC unroll 8
        for (int r = 0; r < kRows; ++r) {
          const float a = from[r], b = from[r + kLanes];
          sums[r][g].re += a * re;
          sums[r][g].im += b * signed_re;
          sums[r][g].re += b * im;
          sums[r][g].im -= a * signed_im;
        }
      }
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 2
    for (int g = 0; g < kGroups; ++g) {
      float* to = w + r * strides.w + g * kPoint;
      store(to, load(to) + 0.5F * sums[r][g].re);
      store(to + kLanes, load(to + kLanes) + 0.5F * sums[r][g].im);
    }
  }
}

// The products of all channels of x with kGroups groups of y at f and -f.
template <int kRows, int kGroups>
void accumulate_groups(const Product& product, const float* const x[2], const float* const y[2],
                       float* w, const Strides& strides) {
  for (std::int64_t channel = 0; channel < product.x_groups * kLanes; channel += kRows) {
    const std::int64_t at = channel / kLanes * kPoint + channel % kLanes;
    const float* const from[2] = {x[0] + at, x[1] + at};
    accumulate_block<kRows, kGroups>(from, y, w + channel * strides.w, strides, product.pairs);
  }
}

void accumulate(const Product& product, const float* x, const float* y, float* w, Range range) {
  const std::int64_t size = product.size, points = pair_points(size);
  const std::int64_t in = product.x_groups * kPoint, out = product.y_groups * kPoint;
  const Strides strides = {points * in, points * out, out};
  for (std::int64_t f = range.begin; f < range.end; ++f) {
    const std::int64_t m = mirror(f, size);
    const float* const from[2] = {x + f * in, x + m * in};
    for (std::int64_t lane = 0; lane < kLanes; lane += kVectorLanes) {
      std::int64_t group = 0;
      for (; group + 2 <= product.y_groups && kVectorLanes == kLanes; group += 2) {
        const std::int64_t at = group * kPoint + lane;
        const float* const other[2] = {y + f * out + at, y + m * out + at};
        float* to = w + f * product.x_groups * kLanes * out + at;
        accumulate_groups<kWideRows, 2>(product, from, other, to, strides);
      }
      for (; group < product.y_groups; ++group) {
        const std::int64_t at = group * kPoint + lane;
        const float* const other[2] = {y + f * out + at, y + m * out + at};
        float* to = w + f * product.x_groups * kLanes * out + at;
        accumulate_groups<kNarrowRows, 1>(product, from, other, to, strides);
      }
    }
  }
}

}  // namespace
}  // namespace flexunet::fft::FLEXUNET_FFT_NAMESPACE
