// Decoding masks and loading data: what happens before LibTorch is asked.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <opencv2/core.hpp>

#include "bench/bench_data.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/imaging/rgb_map.h"
#include "support/load_dataset.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

constexpr int kPairs = 16;

void count_images(benchmark::State& state, int images) {
  state.counters["images"] =
      benchmark::Counter(static_cast<double>(images) * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate);
}

// `classes` colours apart from each other, background black.
RgbMap spread_map(int classes) {
  std::vector<RgbMapEntry> entries;
  for (int index = 0; index < classes; ++index) {
    const auto value = static_cast<std::uint8_t>(index * 255 / classes);
    const auto turned = static_cast<std::uint8_t>((index * 97) % 256);
    entries.push_back(
        {{value, turned, static_cast<std::uint8_t>(255 - turned * (index > 0))}, index});
  }
  entries.front().color = {0, 0, 0};
  return RgbMap(entries);
}

// Bands of all classes, at 512x512. With `noisy`, colours differ from pixel to pixel as in a JPEG.
cv::Mat banded_mask(const RgbMap& map, bool noisy) {
  cv::Mat classes(512, 512, CV_8UC1);
  for (int row = 0; row < classes.rows; ++row) {
    for (int column = 0; column < classes.cols; ++column) {
      classes.at<std::uint8_t>(row, column) =
          static_cast<std::uint8_t>((row / 16 + column / 16) % map.num_classes());
    }
  }
  cv::Mat colors = map.encode(classes);
  if (!noisy) return colors;
  cv::Mat noise(colors.size(), CV_8UC3);
  cv::RNG random(1);
  random.fill(noise, cv::RNG::UNIFORM, 0, 16);
  cv::add(colors, noise, colors);
  return colors;
}

// Arguments: classes, whether colours are noisy.
void decode_mask(benchmark::State& state) {
  const RgbMap map = spread_map(static_cast<int>(state.range(0)));
  const cv::Mat colors = banded_mask(map, state.range(1) != 0);
  for ([[maybe_unused]] auto iteration : state) benchmark::DoNotOptimize(map.decode(colors));
  count_images(state, 1);
}
BENCHMARK(decode_mask)
    ->ArgNames({"classes", "noisy"})
    ->ArgsProduct({{2, 9}, {0, 1}})
    ->Unit(benchmark::kMillisecond);

// A folder of PNG pairs of the network's size.
class PairFolder {
 public:
  PairFolder(const NetworkOptions& network, const RgbMap& map) {
    for (const Sample& sample : drawn_samples(network, kPairs)) {
      write_png(folders().images_dir / (sample.stem + ".png"), sample.image);
      write_png(folders().masks_dir / (sample.stem + ".png"), map.encode(sample.class_mask));
    }
  }
  SplitFolders folders() const { return {folder_.path() / "images", folder_.path() / "masks"}; }

 private:
  TemporaryFolder folder_;
};

DatasetRequest request_for(const PairFolder& pairs, const Options& options, int threads) {
  DatasetRequest request;
  request.split_name = "train";
  request.folders = pairs.folders();
  request.network = &options.network;
  request.data = &options.data;
  request.threads = threads;
  return request;
}

// Argument: threads.
void load_folder(benchmark::State& state, const std::string& network) {
  const Options options = bench_options(bench_config(network));
  const PairFolder pairs(options.network, RgbMap(options.data.rgb_map));
  const DatasetRequest request = request_for(pairs, options, static_cast<int>(state.range(0)));
  reset_peak_memory();
  const std::int64_t before = peak_memory();
  for ([[maybe_unused]] auto iteration : state) benchmark::DoNotOptimize(load_dataset(request));
  count_images(state, kPairs);
  state.counters["MB"] = static_cast<double>(peak_memory() - before) / 1e6;
}
BENCHMARK_CAPTURE(load_folder, 256, "256")
    ->ArgName("threads")
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(load_folder, knee, "knee")
    ->ArgName("threads")
    ->Arg(1)
    ->Arg(2)
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);

// Samples of 512x512, one after the other, as a loader's thread takes them.
void read_samples(benchmark::State& state, DatasetCache cache) {
  const Options options = bench_options(bench_config("knee"));
  const PairFolder pairs(options.network, RgbMap(options.data.rgb_map));
  const TemporaryFolder folder;
  const Dataset dataset = load_dataset(request_for(pairs, options, 1), {cache, folder.path()});
  for ([[maybe_unused]] auto iteration : state) {
    for (std::size_t i = 0; i < dataset.size(); ++i) {
      benchmark::DoNotOptimize(dataset.sample(i));
    }
  }
  count_images(state, kPairs);
}
BENCHMARK_CAPTURE(read_samples, disk, DatasetCache::kDisk)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read_samples, none, DatasetCache::kNone)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace flexunet

BENCHMARK_MAIN();
