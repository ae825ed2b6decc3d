#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <optional>

namespace flexunet {

/// Vector instructions of x86-64; on other processors there is kBaseline only.
enum class InstructionSet { kBaseline, kAvx2, kAvx512 };

/// The best that this processor has.
InstructionSet best_instruction_set();

/// How a convolution is computed through Fourier transforms.
struct FftTiles {
  std::int64_t size;  ///< samples of a tile in each direction, not below the filter's: 20, 32, 64
  InstructionSet instructions = best_instruction_set();
};

/// The tiles that are expected to be quicker than LibTorch's convolution of x (N,C,H,W) with the
/// square filters `weight` (out,C,k,k), stride 1 and the padding that keeps the size; nothing where
/// none are, or where fft_convolution cannot compute it. Depends on shapes and number formats only.
std::optional<FftTiles> choose_fft_tiles(const torch::Tensor& x, const torch::Tensor& weight,
                                         std::int64_t dilation);

/// conv2d(x, weight, bias) with zero padding k / 2, through Fourier transforms of overlapping tiles
/// (overlap-save), in float32 whatever the format of x. x (N,C,H,W): float32 or bfloat16 on the
/// CPU, C and out multiples of 16; weight (out,C,k,k), k odd, and bias (out): float32. Returns
/// (N,out,H,W), channels last, in the format of x. The same bytes for any number of threads. Can be
/// differentiated once. Throws std::invalid_argument when the shapes, formats or tiles are others.
torch::Tensor fft_convolution(const torch::Tensor& x, const torch::Tensor& weight,
                              const torch::Tensor& bias, const FftTiles& tiles);

}  // namespace flexunet
