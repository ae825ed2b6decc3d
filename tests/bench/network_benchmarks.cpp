// Batch assembly, inference and training steps of both networks, with one thread a physical core.
#include <benchmark/benchmark.h>

#include "bench/bench_data.h"
#include "bench/network_steps.h"
#include "bench/operations.h"
#include "bench/step_parts.h"
#include "flexunet/base/allocator.h"
#include "flexunet/base/denormals.h"
#include "flexunet/loader/batch.h"
#include "flexunet/model/device.h"
#include "support/batches.h"

namespace flexunet {
namespace {

constexpr int kBatchSize = 2;
constexpr int kWarmUp = 1;

// A rate of the measured time.
benchmark::Counter rate(const benchmark::State& state, double amount) {
  return {amount * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate};
}

Dataset drawn_batch(const NetworkOptions& network) {
  return memory_dataset(drawn_samples(network, kBatchSize));
}

void assemble_batch(benchmark::State& state, const std::string& network) {
  const std::vector<Sample> samples =
      drawn_samples(bench_options(bench_config(network)).network, kBatchSize);
  for ([[maybe_unused]] auto iteration : state) {
    benchmark::DoNotOptimize(make_batch(samples, torch::kCPU));
  }
  state.counters["images"] = rate(state, kBatchSize);
}

// Hands the seconds measured elsewhere to the benchmark, after those of the warm-up.
void report(benchmark::State& state, const std::vector<double>& seconds, std::int64_t operations) {
  std::size_t step = kWarmUp;
  for ([[maybe_unused]] auto iteration : state) state.SetIterationTime(seconds.at(step++));
  state.counters["images"] = rate(state, kBatchSize);
  state.counters["FLOP"] = rate(state, static_cast<double>(operations));
  state.counters["peak_MB"] = static_cast<double>(peak_memory()) / 1e6;
}

int steps_of(const benchmark::State& state) {
  return kWarmUp + static_cast<int>(state.max_iterations);
}

void infer(benchmark::State& state, const std::string& network) {
  const Options options = bench_options(bench_config(network));
  reset_peak_memory();
  report(
      state,
      prediction_seconds(FlexUNet(options.network), drawn_batch(options.network), steps_of(state)),
      forward_operations(options.network, kBatchSize));
}

void train(benchmark::State& state, const std::string& network) {
  const Options options = bench_options(bench_config(network));
  reset_peak_memory();
  report(state,
         training_seconds(FlexUNet(options.network), options, drawn_batch(options.network),
                          steps_of(state)),
         training_operations(options.network, kBatchSize));
}

// The time of the whole step, and the share of each part in per cent.
void train_parts(benchmark::State& state, const std::string& network) {
  constexpr int kSteps = 9;
  const Options options = bench_options(bench_config(network));
  const StepParts parts =
      step_parts(FlexUNet(options.network), options, drawn_batch(options.network), kSteps);
  double total = 0;
  for (const auto& [name, seconds] : parts) total += seconds;
  for ([[maybe_unused]] auto iteration : state) state.SetIterationTime(total);
  for (const auto& [name, seconds] : parts) state.counters[name] = 100 * seconds / total;
}

BENCHMARK_CAPTURE(assemble_batch, 256, "256")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(assemble_batch, knee, "knee")->Unit(benchmark::kMillisecond);
// The times come from one run of so many steps, which the benchmark must not ask for anew.
BENCHMARK_CAPTURE(infer, 256, "256")
    ->Iterations(20)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(infer, knee, "knee")
    ->Iterations(3)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(train, 256, "256")
    ->Iterations(10)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(train, knee, "knee")
    ->Iterations(3)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

BENCHMARK_CAPTURE(train_parts, 256, "256")
    ->Iterations(1)
    ->UseManualTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace flexunet

int main(int argc, char** argv) {
  flexunet::flush_denormals();
  flexunet::keep_freed_memory();
  flexunet::select_threads(0);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
