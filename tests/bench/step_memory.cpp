// Measures the memory that training steps or predictions take above the program itself, and prints
// it beside the estimate that --dry-run gives: "PEAK ESTIMATE", in bytes. See memory.sh.
#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "bench/bench_data.h"
#include "bench/network_steps.h"
#include "flexunet/base/allocator.h"
#include "flexunet/base/denormals.h"
#include "flexunet/model/device.h"
#include "flexunet/model/precision.h"
#include "flexunet/report/memory_estimate.h"

namespace flexunet {
namespace {

void measure(const std::string& network_name, bool trains, const std::string& precision) {
  const Options options = bench_options(bench_config(network_name));
  const NetworkOptions& network = options.network;
  const int batch_size = options.train.batch_size;
  const torch::ScalarType type = find_precision(precision).value();
  const Dataset batch = memory_dataset(drawn_samples(network, batch_size));
  reset_peak_memory();
  const std::int64_t before = peak_memory();
  FlexUNet model(network);
  model->set_compute_type(type);
  constexpr int kSteps = 3;
  if (trains) {
    training_seconds(model, options, batch, kSteps);
  } else {
    prediction_seconds(model, batch, kSteps);
  }
  const int number_bytes = static_cast<int>(torch::elementSize(type));
  const auto estimate = trains ? estimated_training_bytes : estimated_inference_bytes;
  std::cout << peak_memory() - before << ' ' << estimate(network, batch_size, number_bytes) << '\n';
}

}  // namespace
}  // namespace flexunet

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "step_memory 256|knee train|infer float32|bfloat16\n";
    return 2;
  }
  try {
    flexunet::flush_denormals();
    flexunet::keep_freed_memory();
    flexunet::select_threads(0);
    flexunet::measure(argv[1], std::string(argv[2]) == "train", argv[3]);
  } catch (const std::exception& error) {
    std::cerr << "step_memory: " << error.what() << '\n';
    return 1;
  }
}
