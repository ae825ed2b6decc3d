// Times training steps or predictions of one network and prints them as a line of JSON: our part of
// compare.sh.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <nlohmann/json.hpp>

#include "bench/bench_data.h"
#include "bench/network_steps.h"
#include "bench/operations.h"
#include "flexunet/base/allocator.h"
#include "flexunet/base/denormals.h"
#include "flexunet/checkpoint/weights.h"
#include "flexunet/inference/predict.h"
#include "flexunet/model/device.h"
#include "flexunet/model/precision.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const std::vector<std::string> kPrecisions{"float32", "bfloat16"};

struct StepArguments {
  fs::path config;
  fs::path weights;
  fs::path batch;
  std::string task = "train";
  std::string precision = "float32";
  int threads = 0;
  int steps = 3;
  int warm_up = 1;
  fs::path probs;  // empty: not written
};

json precision_names() { return kPrecisions; }

// The probabilities of the batch as (N,classes,H,W).
void write_probs(const fs::path& path, FlexUNet& model, const Dataset& batch) {
  std::vector<cv::Mat> images;
  for (std::size_t i = 0; i < batch.size(); ++i) images.push_back(batch.sample(i).image);
  const torch::Tensor probs =
      predict_probs(model, images, torch::kCPU).to(torch::kFloat32).contiguous();
  const std::string_view bytes(static_cast<const char*>(probs.data_ptr()), probs.nbytes());
  write_safetensors(path, {{"probs", {"F32", probs.sizes().vec(), bytes}}}, {});
}

torch::ScalarType choose_type(const StepArguments& arguments, const NetworkOptions& network,
                              int batch_size) {
  if (const auto named = find_precision(arguments.precision)) return *named;
  const Pass pass = arguments.task == "train" ? Pass::kTraining : Pass::kPrediction;
  return measure_precision(network, batch_size, pass, torch::kCPU).type;
}

json run_steps(const StepArguments& arguments) {
  flush_denormals();  // both as the programs do
  keep_freed_memory();
  const Options options = bench_options(arguments.config);
  const int threads = select_threads(arguments.threads);
  FlexUNet model(options.network);
  load_weights(arguments.weights, model);
  const Dataset batch = read_batch(arguments.batch, options.network);
  const int size = static_cast<int>(batch.size());
  const int steps = arguments.warm_up + arguments.steps;
  const bool trains = arguments.task == "train";
  const torch::ScalarType compute_type = choose_type(arguments, options.network, size);
  model->set_compute_type(compute_type);
  std::vector<double> seconds = trains ? training_seconds(model, options, batch, steps)
                                       : prediction_seconds(model, batch, steps);
  if (!arguments.probs.empty()) write_probs(arguments.probs, model, batch);
  seconds.erase(seconds.begin(), seconds.begin() + arguments.warm_up);
  return {{"seconds", seconds},
          {"precision", precision_name(compute_type)},
          {"peak_bytes", peak_memory()},
          {"operations", trains ? training_operations(options.network, size)
                                : forward_operations(options.network, size)},
          {"threads", threads},
          {"version", fmt::format("LibTorch {}", TORCH_VERSION)}};
}

void add_options(CLI::App& app, StepArguments& arguments) {
  app.add_option("--config", arguments.config, "Config of the network")->required();
  app.add_option("--weights", arguments.weights, "Weights to start from (.safetensors)")
      ->required();
  app.add_option("--batch", arguments.batch, "Images and class masks (.safetensors)")->required();
  app.add_option("--task", arguments.task, "What is timed")
      ->check(CLI::IsMember({"train", "infer"}));
  app.add_option("--precision", arguments.precision,
                 "What the network computes in; auto: the faster one, by a measurement")
      ->check(CLI::IsMember(kPrecisions) | CLI::IsMember({"auto"}));
  app.add_option("--threads", arguments.threads, "0: one a physical core");
  app.add_option("--steps", arguments.steps, "Steps that are timed")->check(CLI::PositiveNumber);
  app.add_option("--warm-up", arguments.warm_up, "Steps before them")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--probs", arguments.probs, "File for the probabilities (.safetensors)");
  app.add_flag_callback(
      "--list-precisions",
      [] {
        std::cout << precision_names() << '\n';
        throw CLI::Success();
      },
      "Print the precisions and exit");
}

}  // namespace
}  // namespace flexunet

int main(int argc, char** argv) {
  using namespace flexunet;
  CLI::App app("Times steps of a network and prints them as JSON.");
  StepArguments arguments;
  add_options(app, arguments);
  CLI11_PARSE(app, argc, argv);
  try {
    std::cout << run_steps(arguments) << '\n';
    return 0;
  } catch (const std::exception& error) {
    std::cerr << "flexunet_step: " << error.what() << '\n';
    return 1;
  }
}
