#include "fft/fft_kernels.h"

#include "fft/fft_filters.h"
#include "fft/fft_lines.h"
#include "fft/fft_products.h"

namespace flexunet::fft::FLEXUNET_FFT_NAMESPACE {
namespace {

inline Range inside(std::int64_t start, std::int64_t extent, const TilePair& tiles) {
  const std::int64_t first = start < 0 ? -start : 0;
  const std::int64_t last = start + tiles.length > extent ? extent - start : tiles.length;
  return {tiles.offset + first, tiles.offset + last};
}

struct PatchRange {
  Range rows, columns;
};

inline PatchRange patch_range(const Images& images, const TilePair& tiles, int part) {
  const Patch& patch = tiles.patches[part];
  if (patch.image < 0) return {{0, 0}, {0, 0}};
  return {inside(patch.y, images.height, tiles), inside(patch.x, images.width, tiles)};
}

// The channels of the pixel at (row, 0) of the tile, which may lie outside the image.
template <typename Number>
inline Number* pixel(const Images& images, const TilePair& tiles, int part, std::int64_t row) {
  const Patch& patch = tiles.patches[part];
  const std::int64_t y = patch.y + row - tiles.offset, x = patch.x - tiles.offset;
  return static_cast<Number*>(images.data) + patch.image * images.from_image + y * images.from_row +
         x * images.from_pixel;
}

// Of a spectrum to a column of `work`, inverse: the transform with both parts exchanged, which
// restore_row changes back.
template <int kSize>
inline void restore_column(const float* spectrum, std::int64_t stride, float* work) {
  transform_line<kSize>(
      [spectrum, stride](int n) {
        const float* at = spectrum + n * stride;
        return Complex{load(at + kLanes), load(at)};
      },
      [work](int k, Complex value) {
        store(work + k * kRow<kSize>, value.re);
        store(work + k * kRow<kSize> + kVectorLanes, value.im);
      });
}

inline bool holds(Range range, std::int64_t i) { return i >= range.begin && i < range.end; }

template <int kSize, typename Number>
void transform_lanes(const Images& images, const TilePair& tiles, std::int64_t channel,
                     float* spectrum, float* work) {
  const std::int64_t groups = images.channels / kLanes;
  const PatchRange ranges[2] = {patch_range(images, tiles, 0), patch_range(images, tiles, 1)};
  float* line = work + kSize * kRow<kSize>;
  for (int row = 0; row < kSize; ++row) {
    float* to = work + row * kRow<kSize>;
    if (!holds(ranges[0].rows, row) && !holds(ranges[1].rows, row)) {
      clear_row(to, kSize);
      continue;
    }
    for (int part = 0; part < 2; ++part) {
      const Range columns = holds(ranges[part].rows, row) ? ranges[part].columns : Range{0, 0};
      read_line(pixel<Number>(images, tiles, part, row) + channel, images.from_pixel, columns,
                kSize, line + part * kVectorLanes);
    }
    transform_row<kSize>(line, to);
  }
  for (int column = 0; column < kSize; ++column) {
    transform_column<kSize>(work + column * kStep, spectrum + column * kSize * groups * kPoint,
                            groups * kPoint);
  }
}

template <int kSize>
void transform_tiles(const Images& images, const TilePair& tiles, float* spectrum, float* work) {
  for (std::int64_t lane = 0; lane < kLanes; lane += kVectorLanes) {
    const std::int64_t channel = tiles.group * kLanes + lane;
    float* to = spectrum + tiles.group * kPoint + lane;
    if (images.bfloat16) {
      transform_lanes<kSize, std::uint16_t>(images, tiles, channel, to, work);
    } else {
      transform_lanes<kSize, float>(images, tiles, channel, to, work);
    }
  }
}

template <int kSize, typename Number>
void restore_lanes(const float* spectrum, const TilePair& tiles, std::int64_t channel,
                   const Images& images, float* work) {
  const Vector bias = images.bias == nullptr ? Vector{} : load(images.bias + channel);
  const std::int64_t groups = images.channels / kLanes;
  for (int column = 0; column < kSize; ++column) {
    restore_column<kSize>(spectrum + column * kSize * groups * kPoint, groups * kPoint,
                          work + column * kStep);
  }
  const PatchRange ranges[2] = {patch_range(images, tiles, 0), patch_range(images, tiles, 1)};
  float* line = work + kSize * kRow<kSize>;
  for (std::int64_t row = tiles.offset; row < tiles.offset + tiles.length; ++row) {
    if (!holds(ranges[0].rows, row) && !holds(ranges[1].rows, row)) continue;
    transform_row<kSize>(work + row * kRow<kSize>, line);
    for (int part = 0; part < 2; ++part) {
      if (!holds(ranges[part].rows, row)) continue;
      Number* to = pixel<Number>(images, tiles, part, row) + channel;
      // The parts are still exchanged.
      const float* from = line + (1 - part) * kVectorLanes;
      for (std::int64_t i = ranges[part].columns.begin; i < ranges[part].columns.end; ++i) {
        write_channels(to + i * images.from_pixel, load(from + i * kStep) + bias);
      }
    }
  }
}

template <int kSize>
void restore_tiles(const float* spectrum, const TilePair& tiles, const Images& images,
                   float* work) {
  for (std::int64_t lane = 0; lane < kLanes; lane += kVectorLanes) {
    const std::int64_t channel = tiles.group * kLanes + lane;
    const float* from = spectrum + tiles.group * kPoint + lane;
    if (images.bfloat16) {
      restore_lanes<kSize, std::uint16_t>(from, tiles, channel, images, work);
    } else {
      restore_lanes<kSize, float>(from, tiles, channel, images, work);
    }
  }
}

template <int kSize>
struct Size {
  static constexpr int value = kSize;
};

template <typename Work>
void with_size(std::int64_t size, const Work& work) {
  if (size == 20) work(Size<20>{});
  if (size == 32) work(Size<32>{});
  if (size == 64) work(Size<64>{});
}

void transform(std::int64_t size, const Images& images, const TilePair& tiles, float* spectrum,
               float* work) {
  with_size(size, [&](auto fixed) { transform_tiles<fixed.value>(images, tiles, spectrum, work); });
}

void restore(std::int64_t size, const float* spectrum, const TilePair& tiles, const Images& images,
             float* work) {
  with_size(size, [&](auto fixed) { restore_tiles<fixed.value>(spectrum, tiles, images, work); });
}

void transform_filters(std::int64_t size, const Filters& filters, const FilterPair& pair,
                       float* spectra, float* work) {
  with_size(size,
            [&](auto fixed) { transform_filter_pair<fixed.value>(filters, pair, spectra, work); });
}

void restore_filters(std::int64_t size, const float* spectra, const Filters& filters,
                     const FilterPair& pair, float* work) {
  with_size(size,
            [&](auto fixed) { restore_filter_pair<fixed.value>(spectra, filters, pair, work); });
}

}  // namespace

const Kernels kKernels = {transform, restore,   transform_filters, restore_filters,
                          multiply,  correlate, accumulate};

}  // namespace flexunet::fft::FLEXUNET_FFT_NAMESPACE
