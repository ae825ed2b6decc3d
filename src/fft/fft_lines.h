#pragma once

#include "fft/fft_kernels.h"
#include "fft/fft_transform.h"

// Reading, writing and transforming the rows and columns of a tile. Included by fft_kernels.cpp
// only.
namespace flexunet::fft::FLEXUNET_FFT_NAMESPACE {
namespace {

constexpr std::int64_t kStep = 2 * kVectorLanes;  // floats of one sample in `work`

typedef std::uint32_t Bits __attribute__((vector_size(4 * kVectorLanes)));
typedef std::uint16_t Halves __attribute__((vector_size(2 * kVectorLanes)));
typedef std::uint16_t LooseHalves
    __attribute__((vector_size(2 * kVectorLanes), aligned(2), may_alias));

inline Vector read_channels(const float* from) { return load(from); }

inline Vector read_channels(const std::uint16_t* from) {
  const Halves halves = *reinterpret_cast<const LooseHalves*>(from);
  return reinterpret_cast<Vector>(__builtin_convertvector(halves, Bits) << 16);
}

inline void write_channels(float* to, Vector value) { store(to, value); }

// To the nearest, ties to even.
inline void write_channels(std::uint16_t* to, Vector value) {
  const Bits bits = reinterpret_cast<Bits>(value);
  const Bits rounded = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
  const Bits nan = reinterpret_cast<Bits>(value != value);
  const Bits chosen = (nan & 0x7fc0U) | (~nan & rounded);
  *reinterpret_cast<LooseHalves*>(to) = __builtin_convertvector(chosen, Halves);
}

// The samples `range` of a line from pixels `channels` apart, the others 0.
template <typename Number>
void read_line(const Number* from, std::int64_t channels, Range range, std::int64_t size,
               float* line) {
  std::int64_t i = 0;
  for (; i < range.begin; ++i) store(line + i * kStep, Vector{});
  for (; i < range.end; ++i) store(line + i * kStep, read_channels(from + i * channels));
  for (; i < size; ++i) store(line + i * kStep, Vector{});
}

template <int kSize>
inline void transform_row(const float* line, float* to) {
  transform_line<kSize>(
      [line](int n) {
        const float* at = line + n * kStep;
        return Complex{load(at), load(at + kVectorLanes)};
      },
      [to](int k, Complex value) {
        store(to + k * kStep, value.re);
        store(to + k * kStep + kVectorLanes, value.im);
      });
}

// Column `column` of `work`, rows apart by one sample more than kSize: 4 KiB apart they would all
// fall into the same few lines of the cache.
template <int kSize>
constexpr std::int64_t kRow = (kSize + 1) * kStep;

template <int kSize>
inline void transform_column(const float* work, float* to, std::int64_t stride) {
  transform_line<kSize>(
      [work](int n) {
        const float* at = work + n * kRow<kSize>;
        return Complex{load(at), load(at + kVectorLanes)};
      },
      [to, stride](int k, Complex value) {
        store(to + k * stride, value.re);
        store(to + k * stride + kLanes, value.im);
      });
}

inline void clear_row(float* row, std::int64_t samples) {
  for (std::int64_t i = 0; i < samples; ++i) {
    store(row + i * kStep, Vector{});
    store(row + i * kStep + kVectorLanes, Vector{});
  }
}

}  // namespace
}  // namespace flexunet::fft::FLEXUNET_FFT_NAMESPACE
