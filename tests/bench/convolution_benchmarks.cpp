// Matrix products, and single convolutions of KneeBones3Dify's network: LibTorch's and those
// through Fourier transforms.
#include <benchmark/benchmark.h>

#include <vector>

#include "flexunet/fft/fft_convolution.h"
#include "flexunet/model/device.h"

namespace flexunet {
namespace {

struct Convolution {
  torch::Tensor x, weight, bias;
  std::int64_t tile;  // 0: LibTorch's

  torch::Tensor operator()() const {
    if (tile > 0) return fft_convolution(x, weight, bias, {tile});
    const torch::ScalarType type = x.scalar_type();
    return torch::conv2d(x, weight.to(type), bias.to(type), 1, weight.size(2) / 2);
  }
};

// The arguments are those of `layers`.
Convolution convolution_of(const benchmark::State& state, torch::ScalarType type) {
  select_threads(0);
  const std::int64_t in = state.range(0), out = state.range(1), kernel = state.range(2);
  const auto last = [](const torch::Tensor& x) {
    return x.contiguous(torch::MemoryFormat::ChannelsLast).set_requires_grad(true);
  };
  return {last(torch::randn({2, in, state.range(3), state.range(3)}).to(type)),
          last(torch::randn({out, in, kernel, kernel})),
          torch::randn({out}).set_requires_grad(true), state.range(4)};
}

void convolution_forward(benchmark::State& state, torch::ScalarType type) {
  const Convolution convolution = convolution_of(state, type);
  const torch::NoGradGuard no_grad;
  for ([[maybe_unused]] auto iteration : state) benchmark::DoNotOptimize(convolution());
}

void convolution_backward(benchmark::State& state, torch::ScalarType type) {
  const Convolution convolution = convolution_of(state, type);
  const torch::Tensor y = convolution();
  const torch::Tensor gradient = torch::randn_like(y);
  const std::vector<torch::Tensor> inputs = {convolution.x, convolution.weight, convolution.bias};
  for ([[maybe_unused]] auto iteration : state) {
    benchmark::DoNotOptimize(torch::autograd::grad({y}, inputs, {gradient}, true));
  }
}

// What the processor does at best, in FLOP per second.
void matrix_product(benchmark::State& state, torch::ScalarType type) {
  constexpr std::int64_t kSize = 3072;
  select_threads(0);
  const torch::Tensor a = torch::randn({kSize, kSize}).to(type);
  const torch::Tensor b = torch::randn({kSize, kSize}).to(type);
  for ([[maybe_unused]] auto iteration : state) benchmark::DoNotOptimize(torch::mm(a, b));
  state.counters["FLOP"] = {2.0 * kSize * kSize * kSize,
                            benchmark::Counter::kIsIterationInvariantRate};
}

void layers(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"in", "out", "kernel", "image", "tile"})
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
  const std::vector<std::vector<std::int64_t>> shapes = {
      {16, 16, 11, 512}, {32, 16, 11, 512}, {16, 32, 9, 256},  {32, 32, 9, 256},
      {64, 32, 9, 256},  {32, 64, 7, 128},  {64, 64, 7, 128},  {128, 64, 7, 128},
      {64, 128, 5, 64},  {128, 128, 5, 64}, {256, 128, 5, 64}, {128, 256, 3, 32}};
  for (const auto& shape : shapes) {
    for (const std::int64_t tile : {0, 20, 32, 64}) {
      std::vector<std::int64_t> arguments = shape;
      arguments.push_back(tile);
      benchmark->Args(arguments);
    }
  }
}

BENCHMARK_CAPTURE(matrix_product, float32, torch::kFloat32)->UseRealTime();
BENCHMARK_CAPTURE(matrix_product, bfloat16, torch::kBFloat16)->UseRealTime();
BENCHMARK_CAPTURE(convolution_forward, float32, torch::kFloat32)->Apply(layers);
BENCHMARK_CAPTURE(convolution_forward, bfloat16, torch::kBFloat16)->Apply(layers);
BENCHMARK_CAPTURE(convolution_backward, float32, torch::kFloat32)->Apply(layers);
BENCHMARK_CAPTURE(convolution_backward, bfloat16, torch::kBFloat16)->Apply(layers);

}  // namespace
}  // namespace flexunet
