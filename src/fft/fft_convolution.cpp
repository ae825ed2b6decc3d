#include "flexunet/fft/fft_convolution.h"

#include <algorithm>
#include <stdexcept>

#include "fft/fft_spectra.h"

namespace flexunet {
namespace {

using fft::kLanes;
using fft::Product;
using fft::Range;
using fft::TileSpectra;
using fft::Tiling;
using fft::Transform;

Transform transform_of(const FftTiles& tiles) {
  switch (tiles.instructions) {
#ifdef FLEXUNET_X86_64
    case InstructionSet::kAvx512:
      return {fft::avx512::kKernels, tiles.size};
    case InstructionSet::kAvx2:
      return {fft::avx2::kKernels, tiles.size};
#endif
    default:
      return {fft::baseline::kKernels, tiles.size};
  }
}

torch::Tensor channels_last(const torch::Tensor& x) {
  return x.contiguous(torch::MemoryFormat::ChannelsLast);
}

torch::Tensor empty_like(const torch::Tensor& x, std::int64_t channels) {
  return torch::empty({x.size(0), channels, x.size(2), x.size(3)}, x.options(),
                      torch::MemoryFormat::ChannelsLast);
}

torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& weight,
                      const torch::Tensor& bias, const FftTiles& tiles) {
  const Transform transform = transform_of(tiles);
  const Tiling tiling(x, tiles.size, weight.size(2));
  const torch::Tensor y = empty_like(x, weight.size(0));
  const torch::Tensor filters =
      fft::filter_spectra(transform, weight.permute({1, 2, 3, 0}).contiguous());
  const std::int64_t pairs = tiling.pairs_in_block(x.size(1) + y.size(1));
  TileSpectra from(transform, x.size(1), pairs), to(transform, y.size(1), pairs);
  for (std::int64_t first = 0; first < tiling.pairs(); first += pairs) {
    const Range block{first, std::min(first + pairs, tiling.pairs())};
    from.read(x, block, [&](std::int64_t pair) { return tiling.surroundings(pair); });
    const Product product{tiles.size, from.groups(), to.groups(), block.end - block.begin};
    fft::for_frequencies(transform, [&](Range range) {
      transform.kernels.correlate(product, from.data(), filters.data_ptr<float>(), to.data(),
                                  range);
    });
    to.write(y, bias, block, [&](std::int64_t pair) { return tiling.results(pair, false); });
  }
  return y;
}

// Gradients for some of the channels of x and what they are made from; `to_x` is undefined or set.
struct BackwardPass {
  torch::Tensor gradient, x, weight, to_x;
};

// The gradient for the weight, (in,k,k,out). The tiles of the gradient overlap and those of x do
// not: so one spectrum of the gradient serves both.
torch::Tensor backward(const BackwardPass& pass, const FftTiles& tiles) {
  const Transform transform = transform_of(tiles);
  const std::int64_t kernel = pass.weight.size(2), in = pass.x.size(1);
  const Tiling tiling(pass.x, tiles.size, kernel);
  torch::Tensor filters;
  if (pass.to_x.defined()) {
    filters = fft::filter_spectra(transform, pass.weight.permute({0, 2, 3, 1}).contiguous());
  }
  const std::int64_t pairs = tiling.pairs_in_block(in + pass.gradient.size(1));
  TileSpectra of_x(transform, in, pairs), of_y(transform, pass.gradient.size(1), pairs);
  const torch::Tensor sums =
      torch::zeros({transform.half_points() * in * of_y.groups() * fft::kPoint});
  const auto surroundings = [&](std::int64_t pair) { return tiling.surroundings(pair); };
  const auto results = [&](std::int64_t pair) { return tiling.results(pair, true); };
  for (std::int64_t first = 0; first < tiling.pairs(); first += pairs) {
    const Range block{first, std::min(first + pairs, tiling.pairs())};
    const std::int64_t count = block.end - block.begin;
    of_y.read(pass.gradient, block, surroundings);
    of_x.read(pass.x, block, results);
    fft::for_frequencies(transform, [&](Range range) {
      transform.kernels.accumulate({tiles.size, of_x.groups(), of_y.groups(), count}, of_x.data(),
                                   of_y.data(), sums.data_ptr<float>(), range);
    });
    if (!pass.to_x.defined()) continue;
    fft::for_frequencies(transform, [&](Range range) {
      transform.kernels.multiply({tiles.size, of_y.groups(), of_x.groups(), count}, of_y.data(),
                                 filters.data_ptr<float>(), of_x.data(), range);
    });
    of_x.write(pass.to_x, {}, block, results);
  }
  return fft::filters_of(transform, sums, {in, kernel, kernel, pass.weight.size(0)});
}

struct Gradients {
  torch::Tensor x, weight;
};

Gradients backward(const BackwardPass& whole, const FftTiles& tiles, bool needs_x) {
  // 16 MB of filters' spectra: twice 58 MB for 256 to 128 channels would be felt in the peak of
  // memory.
  constexpr std::int64_t kFloats = 4 << 20;
  const std::int64_t channels = whole.x.size(1);
  const std::int64_t fit =
      kFloats / (transform_of(tiles).half_points() * whole.weight.size(0) * 2) / kLanes * kLanes;
  Gradients result;
  if (needs_x) result.x = empty_like(whole.x, channels);
  result.weight = torch::empty_like(whole.weight, torch::MemoryFormat::ChannelsLast);
  for (std::int64_t first = 0; first < channels;) {
    const std::int64_t count = std::min(std::max(fit, kLanes), channels - first);
    const auto some = [&](const torch::Tensor& all) { return all.narrow(1, first, count); };
    const torch::Tensor to_x = needs_x ? some(result.x) : torch::Tensor();
    const torch::Tensor filters =
        backward({whole.gradient, some(whole.x), some(whole.weight), to_x}, tiles);
    some(result.weight).copy_(filters.permute({3, 0, 1, 2}));
    first += count;
  }
  return result;
}

class FftConvolution : public torch::autograd::Function<FftConvolution> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                               const torch::Tensor& weight, const torch::Tensor& bias,
                               const FftTiles& tiles) {
    const torch::Tensor input = channels_last(x);
    context->save_for_backward({input, weight});
    context->saved_data["size"] = tiles.size;
    context->saved_data["instructions"] = static_cast<std::int64_t>(tiles.instructions);
    return flexunet::forward(input, weight, bias.contiguous(), tiles);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const torch::autograd::variable_list saved = context->get_saved_variables();
    const FftTiles tiles{context->saved_data["size"].toInt(),
                         static_cast<InstructionSet>(context->saved_data["instructions"].toInt())};
    const torch::Tensor gradient = channels_last(gradients[0]);
    const Gradients result = flexunet::backward(BackwardPass{gradient, saved[0], saved[1], {}},
                                                tiles, context->needs_input_grad(0));
    return {result.x, result.weight, gradient.sum({0, 2, 3}, false, torch::kFloat32), {}};
  }
};

bool is_possible(const torch::Tensor& x, const torch::Tensor& weight) {
  const bool formats =
      (x.scalar_type() == torch::kFloat32 || x.scalar_type() == torch::kBFloat16) &&
      weight.scalar_type() == torch::kFloat32 && x.is_cpu() && weight.is_cpu();
  return formats && x.dim() == 4 && weight.dim() == 4 && x.size(1) == weight.size(1) &&
         x.size(1) % kLanes == 0 && weight.size(0) % kLanes == 0 && weight.size(2) % 2 == 1 &&
         weight.size(2) == weight.size(3);
}

// What a sample of one channel costs to transform there and back: larger tiles leave the caches.
double sample_cost(std::int64_t size) { return size == 20 ? 21 : size == 32 ? 27 : 60; }

// Millions of multiplications and additions that LibTorch's convolution does in the same time, from
// measurements on Zen 4 with AVX-512: see tests/bench/README.md.
double fft_cost(const torch::Tensor& x, const torch::Tensor& weight, std::int64_t size) {
  constexpr double kProduct = 4, kFilter = 100;
  const double in = static_cast<double>(weight.size(1)), out = static_cast<double>(weight.size(0));
  const double samples = static_cast<double>(Tiling(x, size, weight.size(2)).pairs() * size * size);
  const double filters = in * out * static_cast<double>(size * (size / 2 + 1));
  return 1e-6 *
         (samples * (kProduct * in * out + sample_cost(size) * (in + out)) + kFilter * filters);
}

double direct_cost(const torch::Tensor& x, const torch::Tensor& weight) {
  const double bfloat16_gain = x.scalar_type() == torch::kBFloat16 ? 2 : 1;
  return 1e-6 * static_cast<double>(x.numel()) *
         static_cast<double>(weight.numel() / weight.size(1)) / bfloat16_gain;
}

}  // namespace

InstructionSet best_instruction_set() {
#ifdef FLEXUNET_X86_64
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    return InstructionSet::kAvx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return InstructionSet::kAvx2;
  }
#endif
  return InstructionSet::kBaseline;
}

std::optional<FftTiles> choose_fft_tiles(const torch::Tensor& x, const torch::Tensor& weight,
                                         std::int64_t dilation) {
  // Below, LibTorch is as quick.
  constexpr std::int64_t kSmallestKernel = 5;
  // The estimates are that uncertain.
  constexpr double kMargin = 1.25;
  if (dilation != 1 || !is_possible(x, weight) || weight.size(2) < kSmallestKernel) return {};
  double best = direct_cost(x, weight) / kMargin;
  std::optional<FftTiles> choice;
  for (const std::int64_t size : fft::kSizes) {
    if (size < weight.size(2)) continue;
    const double cost = fft_cost(x, weight, size);
    if (cost >= best) continue;
    best = cost;
    choice = FftTiles{size};
  }
  return choice;
}

torch::Tensor fft_convolution(const torch::Tensor& x, const torch::Tensor& weight,
                              const torch::Tensor& bias, const FftTiles& tiles) {
  const auto* end = std::end(fft::kSizes);
  if (!is_possible(x, weight) || bias.scalar_type() != torch::kFloat32 ||
      bias.numel() != weight.size(0) || tiles.size < weight.size(2) ||
      std::find(std::begin(fft::kSizes), end, tiles.size) == end) {
    throw std::invalid_argument("fft_convolution: see its declaration for what it computes");
  }
  return FftConvolution::apply(x, weight, bias, tiles);
}

}  // namespace flexunet
