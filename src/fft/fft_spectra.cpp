#include "fft/fft_spectra.h"

#include <ATen/Parallel.h>

#include <algorithm>

namespace flexunet::fft {
namespace {

Images view(const torch::Tensor& x, const torch::Tensor& bias) {
  return {x.data_ptr(),
          x.scalar_type() == torch::kBFloat16,
          x.size(2),
          x.size(3),
          x.size(1),
          x.stride(0),
          x.stride(2),
          x.stride(3),
          bias.defined() ? bias.data_ptr<float>() : nullptr};
}

// work(index, memory) for each index, in parallel.
void for_each(std::int64_t count, std::int64_t size,
              const std::function<void(std::int64_t, float*)>& work) {
  at::parallel_for(0, count, 1, [&](std::int64_t begin, std::int64_t end) {
    const torch::Tensor memory = floats(work_floats(size));
    for (std::int64_t i = begin; i < end; ++i) work(i, memory.data_ptr<float>());
  });
}

}  // namespace

torch::Tensor floats(std::int64_t count) { return torch::empty({count}, torch::kFloat32); }

Tiling::Tiling(const torch::Tensor& x, std::int64_t size, std::int64_t kernel)
    : size_(size),
      kernel_(kernel),
      valid_(size - kernel + 1),
      rows_((x.size(2) + valid_ - 1) / valid_),
      columns_((x.size(3) + valid_ - 1) / valid_),
      tiles_(x.size(0) * rows_ * columns_) {}

std::int64_t Tiling::pairs_in_block(std::int64_t channels) const {
  // 4 MB stay in the cache that the cores share; with many channels the filters' spectra are larger
  // than those of the tiles, and are to be read for several pairs at a time.
  constexpr std::int64_t kFloats = 1 << 20, kLeast = 12;
  const std::int64_t fit = kFloats / (pair_points(size_) * channels / kLanes * kPoint);
  return std::min(pairs(), std::max(kLeast, fit));
}

TilePair Tiling::cut(std::int64_t pair, std::int64_t margin, std::int64_t length) const {
  TilePair tiles{{}, 0, length, 0};
  for (std::int64_t part = 0; part < 2; ++part) {
    const std::int64_t tile = 2 * pair + part;
    tiles.patches[part] = {tile < tiles_ ? tile / (rows_ * columns_) : -1,
                           tile / columns_ % rows_ * valid_ - margin,
                           tile % columns_ * valid_ - margin};
  }
  return tiles;
}

TilePair Tiling::surroundings(std::int64_t pair) const { return cut(pair, kernel_ / 2, size_); }

TilePair Tiling::results(std::int64_t pair, bool at_end) const {
  TilePair tiles = cut(pair, 0, valid_);
  tiles.offset = at_end ? kernel_ - 1 : 0;
  return tiles;
}

TileSpectra::TileSpectra(const Transform& transform, std::int64_t channels, std::int64_t most_pairs)
    : transform_(transform),
      groups_(channels / kLanes),
      pair_floats_(pair_points(transform.size) * groups_ * kPoint),
      values_(floats(most_pairs * pair_floats_)) {}

void TileSpectra::read(const torch::Tensor& images, Range block, const Tiles& tiles) {
  const Images from = view(images, {});
  for_each((block.end - block.begin) * groups_, transform_.size, [&](std::int64_t i, float* work) {
    const std::int64_t pair = i / groups_;
    TilePair part = tiles(block.begin + pair);
    part.group = i % groups_;
    transform_.kernels.transform(transform_.size, from, part, data() + pair * pair_floats_, work);
  });
}

void TileSpectra::write(const torch::Tensor& images, const torch::Tensor& bias, Range block,
                        const Tiles& tiles) {
  const Images to = view(images, bias);
  for_each((block.end - block.begin) * groups_, transform_.size, [&](std::int64_t i, float* work) {
    const std::int64_t pair = i / groups_;
    TilePair part = tiles(block.begin + pair);
    part.group = i % groups_;
    transform_.kernels.restore(transform_.size, data() + pair * pair_floats_, part, to, work);
  });
}

torch::Tensor filter_spectra(const Transform& transform, const torch::Tensor& filters) {
  const Filters from{filters.data_ptr<float>(), filters.size(0), filters.size(3), filters.size(1)};
  const std::int64_t groups = from.columns / kLanes;
  torch::Tensor spectra = floats(transform.half_points() * from.rows * groups * kPoint);
  for_each((from.rows + 1) / 2 * groups, transform.size, [&](std::int64_t i, float* work) {
    transform.kernels.transform_filters(transform.size, from, {i / groups * 2, i % groups},
                                        spectra.data_ptr<float>(), work);
  });
  return spectra;
}

torch::Tensor filters_of(const Transform& transform, const torch::Tensor& spectra,
                         torch::IntArrayRef shape) {
  torch::Tensor filters = torch::empty(shape, torch::kFloat32);
  const Filters to{filters.data_ptr<float>(), shape[0], shape[3], shape[1]};
  const std::int64_t groups = to.columns / kLanes;
  for_each((to.rows + 1) / 2 * groups, transform.size, [&](std::int64_t i, float* work) {
    transform.kernels.restore_filters(transform.size, spectra.data_ptr<float>(), to,
                                      {i / groups * 2, i % groups}, work);
  });
  return filters.div_(static_cast<double>(transform.points()));
}

void for_frequencies(const Transform& transform, const std::function<void(Range)>& work) {
  at::parallel_for(0, transform.half_points(), 1, [&](std::int64_t begin, std::int64_t end) {
    work({begin, end});
  });
}

}  // namespace flexunet::fft
