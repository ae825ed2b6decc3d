#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "flexunet/training/callback.h"

namespace flexunet {

/// Where a run stands after its last completed epoch, beside its tensors. Whatever else callbacks
/// know follows from the epochs, and every draw from seed and epoch.
struct RunState {
  /// Completed; without their seconds, which differ from run to run.
  std::vector<EpochResult> epochs;
  double learning_rate = 0;  ///< of the next epoch, before `rollbacks` halve it
  int rollbacks = 0;         ///< how often divergence halved the learning rate
  std::int64_t optimizer_steps = 0;
};

/// As JSON; numbers come back to the last bit.
std::string to_json(const RunState& state);

/// Throws std::exception when the text is not what to_json writes.
RunState run_state_from_json(const std::string& text);

}  // namespace flexunet
