#include "flexunet/training/run_checkpoint.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/checkpoint/weights.h"

namespace flexunet {
namespace {

constexpr const char* kRunEntry = "run";

// The optimiser's tensors by the names that they have in a file.
NamedTensors moments_of(FlexUNet& model, const Adam& optimizer) {
  NamedTensors moments;
  std::size_t index = 0;
  for (const auto& item : model->named_parameters()) {
    moments[kOptimizerPrefix + ("first_moment." + item.key())] = optimizer.first_moments()[index];
    moments[kOptimizerPrefix + ("second_moment." + item.key())] = optimizer.second_moments()[index];
    ++index;
  }
  return moments;
}

RunState state_of(const SafetensorsFile& file) {
  const auto refuse = [&](const std::string& reason) {
    throw CheckpointError(
        fmt::format("{}: holds weights, but no run to resume: {}", file.path().string(), reason));
  };
  const auto entry = file.metadata().find(kRunEntry);
  if (entry == file.metadata().end()) refuse("it was not written by flexunet-train");
  try {
    return run_state_from_json(entry->second);
  } catch (const std::exception& error) {
    refuse(error.what());
  }
  return {};
}

}  // namespace

RunCopy::RunCopy(FlexUNet& model, const Adam& optimizer, const RunState& state) {
  take(model, optimizer, state);
}

void RunCopy::take(FlexUNet& model, const Adam& optimizer, const RunState& state) {
  NamedTensors tensors = weights_of(model);
  tensors.merge(moments_of(model, optimizer));
  tensors_.take(tensors);
  network_ = describe_weights(model);
  state_ = state;
}

void RunCopy::save(const std::filesystem::path& path, Metadata metadata) const {
  Metadata entries = network_;
  entries[kRunEntry] = to_json(state_);
  entries.merge(metadata);
  write_safetensors(path, tensors_.stored(), std::move(entries));
}

void RunCopy::save_weights(const std::filesystem::path& path, Metadata metadata) const {
  StoredTensors weights;
  for (const auto& [name, tensor] : tensors_.stored()) {
    if (!is_of_optimizer(name)) weights[name] = tensor;
  }
  Metadata entries = network_;
  entries.merge(metadata);
  write_safetensors(path, weights, std::move(entries));
}

RunState load_run(const SafetensorsFile& file, FlexUNet& model, Adam& optimizer) {
  RunState state = state_of(file);
  load_weights(file, model);
  load_tensors(file, moments_of(model, optimizer));
  optimizer.set_steps(state.optimizer_steps);
  return state;
}

}  // namespace flexunet
