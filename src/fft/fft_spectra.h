#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <functional>

#include "fft/fft_kernels.h"

namespace flexunet::fft {

/// The kernels and the size of the tiles that they work on.
struct Transform {
  const Kernels& kernels;
  std::int64_t size;

  /// Frequencies of a spectrum, and of the half that real filters have.
  std::int64_t points() const { return size * size; }
  std::int64_t half_points() const { return size * (size / 2 + 1); }
};

/// `count` float32 numbers, not set.
torch::Tensor floats(std::int64_t count);

/// How images (N,C,H,W) are cut into tiles of which size - kernel + 1 samples in each direction are
/// results; two tiles make a pair.
class Tiling {
 public:
  Tiling(const torch::Tensor& x, std::int64_t size, std::int64_t kernel);

  std::int64_t pairs() const { return (tiles_ + 1) / 2; }
  /// Pairs whose spectra of `channels` channels are worked on at a time.
  std::int64_t pairs_in_block(std::int64_t channels) const;
  /// All pixels that the results of a pair depend on.
  TilePair surroundings(std::int64_t pair) const;
  /// The results of a pair, at the end of the tile (where multiply leaves them and accumulate
  /// expects them) or at its beginning (where correlate leaves them).
  TilePair results(std::int64_t pair, bool at_end) const;

 private:
  TilePair cut(std::int64_t pair, std::int64_t margin, std::int64_t length) const;

  std::int64_t size_, kernel_, valid_, rows_, columns_, tiles_;
};

/// Spectra of some pairs of tiles of images (N,C,H,W), channels last or some of the channels of
/// such.
class TileSpectra {
 public:
  using Tiles = std::function<TilePair(std::int64_t pair)>;

  TileSpectra(const Transform& transform, std::int64_t channels, std::int64_t most_pairs);

  std::int64_t groups() const { return groups_; }
  float* data() { return values_.data_ptr<float>(); }
  /// Fills the spectra of the pairs in `block` from the images.
  void read(const torch::Tensor& images, Range block, const Tiles& tiles);
  /// Writes the tiles of these spectra, and a bias (C) if defined, into the images.
  void write(const torch::Tensor& images, const torch::Tensor& bias, Range block,
             const Tiles& tiles);

 private:
  Transform transform_;
  std::int64_t groups_, pair_floats_;
  torch::Tensor values_;
};

/// Spectra of real filters (rows, k, k, columns), divided by size^2.
torch::Tensor filter_spectra(const Transform& transform, const torch::Tensor& filters);

/// (rows, k, k, columns): the filters of these spectra, which are not divided.
torch::Tensor filters_of(const Transform& transform, const torch::Tensor& spectra,
                         torch::IntArrayRef shape);

/// work(range) for ranges that together are the frequencies of filters, in parallel.
void for_frequencies(const Transform& transform, const std::function<void(Range)>& work);

}  // namespace flexunet::fft
