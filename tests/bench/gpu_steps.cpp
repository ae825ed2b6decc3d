// How fast a GPU trains and predicts a network: as steps that are replayed and as steps that are
// not, in each precision and for some batch sizes.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <exception>
#include <filesystem>
#include <memory>
#include <opencv2/core.hpp>

#include "bench/bench_data.h"
#include "flexunet/base/denormals.h"
#include "flexunet/base/threads.h"
#include "flexunet/inference/predict.h"
#include "flexunet/inference/tiled.h"
#include "flexunet/model/device.h"
#include "flexunet/model/precision.h"
#include "flexunet/training/trainer.h"

namespace flexunet {
namespace {

constexpr int kSamples = 64;
constexpr int kEpochs = 3;  // the first one is not counted: cuDNN searches, the step is recorded

struct GpuArguments {
  std::filesystem::path config = bench_config("256");
  std::string device = "cuda";
  std::vector<int> batch_sizes{2, 16};
  int steps = 200;  // of an epoch
  int threads = 0;
  bool deterministic = false;
};

class Seconds : public Callback {
 public:
  explicit Seconds(std::vector<EpochResult>& epochs) : epochs_(epochs) {}
  void on_epoch_end(const EpochResult& result, TrainControl&) override {
    epochs_.push_back(result);
  }

 private:
  std::vector<EpochResult>& epochs_;
};

FlexUNet make_model(const Options& options, torch::Device device, torch::ScalarType type) {
  FlexUNet model(options.network);
  model->to(device);
  model->set_compute_type(type);
  return model;
}

// Milliseconds of a step, loading of batches included, and the share of them that it waited for
// data.
void train(const GpuArguments& arguments, const Options& options, const Dataset& samples,
           torch::Device device) {
  const Dataset valid = memory_dataset({samples.sample(0)});
  for (const int batch_size : arguments.batch_sizes) {
    for (const auto type : {torch::kFloat32, torch::kBFloat16}) {
      for (const bool recorded : {false, true}) {
        TrainerOptions trainer;
        trainer.train.epochs = kEpochs;
        trainer.train.batch_size = batch_size;
        trainer.train.steps_per_epoch = arguments.steps;
        trainer.loader_workers = loader_workers(arguments.threads, device.is_cuda());
        trainer.loss = options.loss;
        trainer.optimizer = options.optimizer;
        trainer.record_steps = recorded;
        std::vector<EpochResult> epochs;
        Callbacks callbacks;
        callbacks.push_back(std::make_unique<Seconds>(epochs));
        Trainer(make_model(options, device, type), trainer, device).fit(samples, valid, callbacks);
        const double seconds = (epochs[1].train_seconds + epochs[2].train_seconds) / 2;
        fmt::print("| {} | {} | {} | {} | {:.2f} | {:.0f} | {:.1f} % |\n",
                   arguments.config.stem().string(), batch_size, precision_name(type),
                   recorded ? "replayed" : "one by one", 1e3 * seconds / arguments.steps,
                   batch_size * arguments.steps / seconds,
                   100 * (epochs[1].waiting_seconds + epochs[2].waiting_seconds) / (2 * seconds));
        std::fflush(stdout);
      }
    }
  }
}

// Milliseconds of a call of `predict`, which waits for its result.
template <typename Predict>
double milliseconds(const Predict& predict) {
  constexpr int kCalls = 20;
  predict();
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kCalls; ++i) predict();
  const std::chrono::duration<double, std::milli> passed = std::chrono::steady_clock::now() - start;
  return passed.count() / kCalls;
}

void predict(const GpuArguments& arguments, const Options& options, const Dataset& samples,
             torch::Device device) {
  std::vector<cv::Mat> images;
  for (std::size_t i = 0; i < kSamples; ++i) images.push_back(samples.sample(i).image);
  for (const auto type : {torch::kFloat32, torch::kBFloat16}) {
    FlexUNet model = make_model(options, device, type);
    for (const int batch_size : arguments.batch_sizes) {
      const std::vector<cv::Mat> batch(images.begin(), images.begin() + batch_size);
      const double each = milliseconds([&] { predict_sized_masks(model, batch, device); });
      fmt::print("| {} | {} | {} | masks | {:.2f} | {:.0f} | |\n", arguments.config.stem().string(),
                 batch_size, precision_name(type), each, 1e3 * batch_size / each);
    }
    cv::Mat large;
    const int side = 4;
    cv::repeat(images.front(), side, side, large);
    TiledInferOptions tiles;
    tiles.split_size = options.network.image_width * 3 / 4;
    tiles.overlapping = options.network.image_width / 8;
    for (const int windows : {1, 8}) {
      tiles.batch_size = windows;
      const double each = milliseconds([&] { predict_tiled(model, large, tiles, device); });
      fmt::print("| {} | {} windows | {} | {}x{} tiled | {:.1f} | {:.1f} megapixels/s | |\n",
                 arguments.config.stem().string(), windows, precision_name(type), large.cols,
                 large.rows, each, 1e-3 * static_cast<double>(large.total()) / each);
    }
  }
}

// What --precision auto would take.
void choose(const GpuArguments& arguments, const Options& options, torch::Device device) {
  for (const Pass pass : {Pass::kTraining, Pass::kPrediction}) {
    for (const int batch_size : arguments.batch_sizes) {
      const double start = steady_seconds();
      const PrecisionChoice choice = measure_precision(options.network, batch_size, pass, device);
      fmt::print("{} of {} by auto: {}, bfloat16 {:.2f} times as long, measured in {:.2f} s\n",
                 pass == Pass::kTraining ? "training step" : "prediction", batch_size,
                 precision_name(choice.type), choice.seconds.bfloat16 / choice.seconds.float32,
                 steady_seconds() - start);
    }
  }
}

void run(GpuArguments arguments) {
  flush_denormals();
  arguments.threads = select_threads(arguments.threads);
  const torch::Device device = select_device(arguments.device);
  set_up_device(device,
                arguments.deterministic ? Determinism::kDeterministic : Determinism::kFastest);
  const Options options = bench_options(arguments.config);
  const Dataset samples = memory_dataset(drawn_samples(options.network, kSamples));
  fmt::print("| network | batch | precision | steps | ms | images/s | waited for data |\n");
  fmt::print("|---|---|---|---|---|---|---|\n");
  train(arguments, options, samples, device);
  predict(arguments, options, samples, device);
  choose(arguments, options, device);
}

}  // namespace
}  // namespace flexunet

int main(int argc, char** argv) {
  using namespace flexunet;
  CLI::App app("Times training steps and predictions on a GPU.");
  GpuArguments arguments;
  app.add_option("--config", arguments.config, "Of the network")->capture_default_str();
  app.add_option("--device", arguments.device, "cuda, cuda:N or cpu")->capture_default_str();
  app.add_option("--batch-sizes", arguments.batch_sizes, "Up to 64 each")->capture_default_str();
  app.add_option("--steps", arguments.steps, "Of an epoch; two epochs count")
      ->capture_default_str();
  app.add_option("--threads", arguments.threads, "0: one a physical core");
  app.add_flag("--deterministic", arguments.deterministic, "As the programs' flag");
  CLI11_PARSE(app, argc, argv);
  try {
    run(arguments);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "gpu_steps: {}\n", error.what());
    return 1;
  }
}
