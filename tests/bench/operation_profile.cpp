// Prints where the time of a training step goes: of each of LibTorch's operations (and of ours on
// the way back) its own time, without that of the operations that it calls.
//   operation_profile CONFIG float32|bfloat16 STEPS
#include <ATen/record_function.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench/bench_data.h"
#include "flexunet/base/allocator.h"
#include "flexunet/base/denormals.h"
#include "flexunet/loader/batch.h"
#include "flexunet/model/device.h"
#include "flexunet/model/flexunet.h"
#include "flexunet/model/losses.h"
#include "flexunet/model/precision.h"
#include "flexunet/training/adam.h"
#include "support/batches.h"
#include "support/optimizer_step.h"

namespace flexunet {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Running {
  Clock::time_point start;
  std::string name;
  double called = 0;  // seconds of the operations that it called
};
std::vector<Running> running;  // the innermost last
// Its helpers' operations are part of its own.
const std::thread::id main_thread = std::this_thread::get_id();
std::map<std::string, double> own_seconds;

// Convolutions are told apart by the size of their filters.
std::string name_of(const at::RecordFunction& function) {
  std::string name = function.name();
  if (name.find("convolution") == std::string::npos) return name;
  for (const c10::IValue& input : function.inputs()) {
    if (!input.isTensor() || !input.toTensor().defined() || input.toTensor().dim() != 4) continue;
    const torch::Tensor weight = input.toTensor();
    if (weight.size(2) < 12 && weight.size(2) == weight.size(3) && weight.size(2) % 2 == 1) {
      return fmt::format("{} {}x{}", name, weight.size(2), weight.size(3));
    }
  }
  return name;
}

std::unique_ptr<at::ObserverContext> begin(const at::RecordFunction& function) {
  if (std::this_thread::get_id() == main_thread) {
    running.push_back({Clock::now(), name_of(function)});
  }
  return nullptr;
}

void end(const at::RecordFunction&, at::ObserverContext*) {
  if (std::this_thread::get_id() != main_thread) return;
  const double seconds = seconds_since(running.back().start);
  own_seconds[running.back().name] += seconds - running.back().called;
  running.pop_back();
  if (!running.empty()) running.back().called += seconds;
}

void profile(const std::filesystem::path& config, const std::string& precision, int steps) {
  const Options options = bench_options(config);
  FlexUNet model(options.network);
  model->set_compute_type(find_precision(precision).value());
  Adam optimizer(model->parameters(), options.optimizer);
  const Batch batch =
      make_batch(drawn_samples(options.network, options.train.batch_size), torch::kCPU);
  double total = 0;
  for (int step = -1; step < steps; ++step) {
    if (step == 0) own_seconds.clear();  // without the first one
    const Clock::time_point start = Clock::now();
    step_backward(optimizer, compute_loss(options.loss, model(batch.images), batch.class_masks));
    if (step >= 0) total += seconds_since(start);
  }
  std::vector<std::pair<double, std::string>> rows;
  double known = 0;
  for (const auto& [name, seconds] : own_seconds) {
    rows.emplace_back(seconds, name);
    known += seconds;
  }
  rows.emplace_back(total - known, "outside of operations: our loops");
  std::sort(rows.rbegin(), rows.rend());
  std::cout << fmt::format("{:.1f} ms a step\n", 1e3 * total / steps);
  for (const auto& [seconds, name] : rows) {
    if (seconds < 0.003 * total) break;
    std::cout << fmt::format("{:8.1f} ms {:5.1f} %  {}\n", 1e3 * seconds / steps,
                             100 * seconds / total, name);
  }
}

}  // namespace
}  // namespace flexunet

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "operation_profile CONFIG float32|bfloat16 STEPS\n";
    return 2;
  }
  flexunet::flush_denormals();
  flexunet::keep_freed_memory();
  flexunet::select_threads(0);
  at::addGlobalCallback(
      at::RecordFunctionCallback(flexunet::begin, flexunet::end).needsInputs(true));
  flexunet::profile(argv[1], argv[2], std::max(1, std::atoi(argv[3])));
  return 0;
}
