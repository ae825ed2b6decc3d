#include "model/convolution.h"

#include <vector>

#include "flexunet/fft/fft_convolution.h"

namespace flexunet {
namespace {

// Measured: where the weights outnumber the pixels by far, oneDNN spends its time on reordering
// weights and their gradients, in bfloat16 on casting them as well.
bool has_few_pixels(const torch::Tensor& x, const torch::Tensor& weight) {
  constexpr std::int64_t kManyWeights = std::int64_t{1} << 20;
  const std::int64_t most_pixels = x.scalar_type() == torch::kFloat32 ? 128 : 32;
  return x.device().is_cpu() && weight.numel() >= kManyWeights &&
         x.size(0) * x.size(2) * x.size(3) <= most_pixels;
}

// Pixels on each side that keep the size.
std::int64_t same_padding(const torch::Tensor& weight, std::int64_t dilation) {
  return weight.size(2) / 2 * dilation;
}

}  // namespace

torch::ScalarType convolution_type(const torch::Tensor& x) {
  const bool quick = !x.is_cpu() || best_instruction_set() == InstructionSet::kAvx512;
  return x.scalar_type() == torch::kBFloat16 && !quick ? torch::kFloat32 : x.scalar_type();
}

torch::Tensor convolve(const torch::Tensor& x, const torch::Tensor& weight,
                       const torch::Tensor& bias, std::int64_t dilation, PreparedWeight& prepared) {
  if (has_few_pixels(x, weight)) return convolve_as_product(x, weight, bias, dilation);
  if (const auto tiles = choose_fft_tiles(x, weight, dilation)) {
    return fft_convolution(x, weight, bias, *tiles);
  }
  const torch::ScalarType type = convolution_type(x);
  const torch::Tensor typed =
      prepared.get(weight, type, [&](const torch::Tensor& w) { return w.to(type); });
  return torch::conv2d(x.to(type), typed, bias.to(type), 1, same_padding(weight, dilation),
                       dilation)
      .to(x.scalar_type());
}

torch::Tensor convolve_as_product(const torch::Tensor& x, const torch::Tensor& weight,
                                  const torch::Tensor& bias, std::int64_t dilation) {
  const std::int64_t padding = same_padding(weight, dilation);
  const torch::Tensor padded = torch::constant_pad_nd(x.to(torch::kFloat32).permute({0, 2, 3, 1}),
                                                      {0, 0, padding, padding, padding, padding});
  std::vector<torch::Tensor> neighbours;
  for (std::int64_t i = 0; i < weight.size(2); ++i) {
    for (std::int64_t j = 0; j < weight.size(3); ++j) {
      const std::int64_t y = i * dilation;
      const std::int64_t column = j * dilation;
      neighbours.push_back(padded.slice(1, y, y + x.size(2)).slice(2, column, column + x.size(3)));
    }
  }
  const torch::Tensor pixels = torch::cat(neighbours, 3).flatten(0, 2);
  // Views of channels_last weights: nothing is copied.
  const torch::Tensor matrix = weight.permute({0, 2, 3, 1}).reshape({weight.size(0), -1});
  return torch::linear(pixels, matrix, bias)
      .view({x.size(0), x.size(2), x.size(3), weight.size(0)})
      .permute({0, 3, 1, 2})
      .to(x.scalar_type());
}

}  // namespace flexunet
