#pragma once

#include <filesystem>

#include "flexunet/checkpoint/safetensors.h"
#include "flexunet/model/flexunet.h"
#include "flexunet/training/adam.h"
#include "flexunet/training/run_state.h"

namespace flexunet {

/// Writes all that a run needs to go on: the network as save_weights does, the optimiser's moments
/// as `optimizer.first_moment.NAME` and `optimizer.second_moment.NAME`, and its state as the
/// metadata entry "run". Equal runs give equal bytes. Throws OutputError.
void save_run(const std::filesystem::path& path, FlexUNet& model, const Adam& optimizer,
              const RunState& state, Metadata metadata);

/// Fills network and optimiser from such a file and returns its state. Throws CheckpointError: made
/// for another network, or holds no run.
RunState load_run(const SafetensorsFile& file, FlexUNet& model, Adam& optimizer);

}  // namespace flexunet
