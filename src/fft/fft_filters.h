#pragma once

#include "fft/fft_kernels.h"
#include "fft/fft_lines.h"
#include "fft/fft_products.h"

// Spectra of filters. Included by fft_kernels.cpp only.
namespace flexunet::fft::FLEXUNET_FFT_NAMESPACE {
namespace {

// Two rows of filters as the parts of one complex tile, whose spectrum is then taken apart:
// a(f) = (z(f) + conj z(-f)) / 2, b(f) = (z(f) - conj z(-f)) / 2i.
template <int kSize>
void transform_filter_lanes(const Filters& filters, std::int64_t row, std::int64_t column,
                            float* spectra, float* work) {
  const std::int64_t kernel = filters.kernel, area = kernel * kernel;
  float* line = work + kSize * kRow<kSize>;
  float* spectrum = line + kSize * kStep;
  for (int i = 0; i < kSize; ++i) {
    float* to = work + i * kRow<kSize>;
    if (i >= kernel) {
      clear_row(to, kSize);
      continue;
    }
    for (int part = 0; part < 2; ++part) {
      const bool exists = row + part < filters.rows;
      const float* from =
          filters.data + ((row + part * exists) * area + i * kernel) * filters.columns + column;
      read_line(from, filters.columns, {0, exists ? kernel : 0}, kSize, line + part * kVectorLanes);
    }
    transform_row<kSize>(line, to);
  }
  for (int i = 0; i < kSize; ++i) {
    transform_line<kSize>(
        [&](int n) {
          const float* at = work + i * kStep + n * kRow<kSize>;
          return Complex{load(at), load(at + kVectorLanes)};
        },
        [&](int k, Complex value) {
          store(spectrum + (i * kSize + k) * kStep, value.re);
          store(spectrum + (i * kSize + k) * kStep + kVectorLanes, value.im);
        });
  }
  constexpr float kScale = 0.5F / (kSize * kSize);
  for (int f = 0; f < (kSize / 2 + 1) * kSize; ++f) {
    const float* z = spectrum + f * kStep;
    const float* m = spectrum + mirrored<kSize>(f) * kStep;
    const Complex sum = {load(z) + load(m), load(z + kVectorLanes) + load(m + kVectorLanes)};
    const Complex difference = {load(z) - load(m), load(z + kVectorLanes) - load(m + kVectorLanes)};
    float* to = spectra + (f * filters.rows + row) * filters.columns * 2;
    store(to, kScale * sum.re);
    store(to + kLanes, kScale * difference.im);
    if (row + 1 == filters.rows) continue;
    to += filters.columns * 2;
    store(to, kScale * sum.im);
    store(to + kLanes, -kScale * difference.re);
  }
}

template <int kSize>
void transform_filter_pair(const Filters& filters, const FilterPair& pair, float* spectra,
                           float* work) {
  for (std::int64_t lane = 0; lane < kLanes; lane += kVectorLanes) {
    transform_filter_lanes<kSize>(filters, pair.row, pair.group * kLanes + lane,
                                  spectra + pair.group * kPoint + lane, work);
  }
}

// z = a + ib of the two halves a and b, then the transform with both parts exchanged.
template <int kSize>
void restore_filter_lanes(const float* spectra, const Filters& filters, std::int64_t row,
                          std::int64_t column, float* work) {
  const std::int64_t kernel = filters.kernel, area = kernel * kernel;
  const bool two = row + 1 < filters.rows;
  for (int i = 0; i < kSize; ++i) {
    const bool half = i <= kSize / 2;
    const float sign = half ? 1.0F : -1.0F;
    transform_line<kSize>(
        [&](int n) {
          const std::int64_t f = half ? i * kSize + n : mirrored<kSize>(i * kSize + n);
          const float* a = spectra + (f * filters.rows + row) * filters.columns * 2;
          if (!two) return Complex{sign * load(a + kLanes), load(a)};
          const float* b = a + filters.columns * 2;
          return Complex{sign * load(a + kLanes) + load(b), load(a) - sign * load(b + kLanes)};
        },
        [&](int k, Complex value) {
          store(work + i * kStep + k * kRow<kSize>, value.re);
          store(work + i * kStep + k * kRow<kSize> + kVectorLanes, value.im);
        });
  }
  float* line = work + kSize * kRow<kSize>;
  for (std::int64_t i = 0; i < kernel; ++i) {
    transform_row<kSize>(work + i * kRow<kSize>, line);
    for (std::int64_t j = 0; j < kernel; ++j) {
      float* to = filters.data + (row * area + i * kernel + j) * filters.columns + column;
      store(to, load(line + j * kStep + kVectorLanes));
      if (two) store(to + area * filters.columns, load(line + j * kStep));
    }
  }
}

template <int kSize>
void restore_filter_pair(const float* spectra, const Filters& filters, const FilterPair& pair,
                         float* work) {
  for (std::int64_t lane = 0; lane < kLanes; lane += kVectorLanes) {
    restore_filter_lanes<kSize>(spectra + pair.group * kPoint + lane, filters, pair.row,
                                pair.group * kLanes + lane, work);
  }
}

}  // namespace
}  // namespace flexunet::fft::FLEXUNET_FFT_NAMESPACE
