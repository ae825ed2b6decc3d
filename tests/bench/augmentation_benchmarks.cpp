// What each method of augmentation costs for an image and mask of the KneeBones3Dify network.
#include <benchmark/benchmark.h>

#include <opencv2/core/utility.hpp>

#include "bench/bench_data.h"
#include "flexunet/imaging/augmentation.h"

namespace flexunet {
namespace {

// Every method, as a run with all of them switched on has it.
std::vector<Augmentation> methods() {
  return {Flip{},       Rotation{90},     Rotation{30},
          Shrinking{},  Shearing{},       Deformation{},
          Distortion{}, LensDistortion{}, LensDistortion{true, 0.5, -0.5, {0.5, 0.5}, 1001},
          Sharpening{}, Brightening{},    GammaChange{},
          Noise{},      Blur{},           Crop{},
          Elastic{}};
}

void make_variants(benchmark::State& state, const Augmentation& method) {
  cv::setNumThreads(1);  // as in training, see base/threads.h
  const Options options = bench_options(bench_config("knee"));
  const Sample sample = drawn_samples(options.network, 1).front();
  const ImageAndMask source{sample.image, sample.class_mask};
  std::uint64_t draw = 0;
  for ([[maybe_unused]] auto iteration : state) {
    CounterRandom random(1, draw++);
    benchmark::DoNotOptimize(make_variant(source, method, random));
  }
}

const bool kRegistered = [] {
  for (const Augmentation& method : methods()) {
    const AugmentationName name = name_of(method);
    benchmark::RegisterBenchmark(
        ("augment/" + name.method + " " + name.parameters).c_str(),
        [method](benchmark::State& state) { make_variants(state, method); })
        ->Unit(benchmark::kMillisecond);
  }
  return true;
}();

}  // namespace
}  // namespace flexunet
