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

void save_run(const std::filesystem::path& path, FlexUNet& model, const Adam& optimizer,
              const RunState& state, Metadata metadata) {
  metadata[kRunEntry] = to_json(state);
  save_weights(path, model, std::move(metadata), moments_of(model, optimizer));
}

RunState load_run(const SafetensorsFile& file, FlexUNet& model, Adam& optimizer) {
  RunState state = state_of(file);
  load_weights(file, model);
  load_tensors(file, moments_of(model, optimizer));
  optimizer.set_steps(state.optimizer_steps);
  return state;
}

}  // namespace flexunet
