#pragma once

#include <filesystem>

#include "flexunet/checkpoint/safetensors.h"
#include "flexunet/checkpoint/tensor_copy.h"
#include "flexunet/model/flexunet.h"
#include "flexunet/training/adam.h"
#include "flexunet/training/run_state.h"

namespace flexunet {

/// A copy of a run, from which its files are written while the run itself goes on, by another
/// thread as well. It takes three times the memory of the weights.
class RunCopy {
 public:
  /// Takes the first copy, and its memory.
  RunCopy(FlexUNet& model, const Adam& optimizer, const RunState& state);
  /// Overwrites the copy, in the same memory.
  void take(FlexUNet& model, const Adam& optimizer, const RunState& state);
  /// Writes all that a run needs to go on: the network as save_weights does, the optimiser's
  /// moments as `optimizer.first_moment.NAME` and `optimizer.second_moment.NAME`, and its state as
  /// the metadata entry "run". Equal runs give equal bytes. Throws OutputError.
  void save(const std::filesystem::path& path, Metadata metadata) const;
  /// Writes what save_weights writes. Throws OutputError.
  void save_weights(const std::filesystem::path& path, Metadata metadata) const;

 private:
  TensorCopy tensors_;
  Metadata network_;
  RunState state_;
};

/// Fills network and optimiser from a file of RunCopy::save and returns its state. Throws
/// CheckpointError: made for another network, or holds no run.
RunState load_run(const SafetensorsFile& file, FlexUNet& model, Adam& optimizer);

}  // namespace flexunet
