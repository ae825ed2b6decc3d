#pragma once

#include <cstdint>

#include "flexunet/options/options.h"

namespace flexunet {

/// Bytes that a training step on the CPU takes above the program itself, estimated: weights
/// and two moments, what each layer keeps for the way back, the gradients of the largest layer
/// (each weight's is dropped once it is used), and the libraries' own buffers. Within 15 % of what
/// tests/bench/memory.sh measures. `number_bytes` are those of an activation: 4 for float32, 2 for
/// bfloat16.
std::int64_t estimated_training_bytes(const NetworkOptions& network, int batch_size,
                                      int number_bytes = 4);

/// The same for predicting a batch: weights, the skips, and the largest layer's input and output.
std::int64_t estimated_inference_bytes(const NetworkOptions& network, int batch_size,
                                       int number_bytes = 4);

/// Bytes of the copy of a run from which its checkpoints are written: weights and two moments. It
/// lies in the computer's memory, whatever device trains.
std::int64_t run_copy_bytes(const NetworkOptions& network);

}  // namespace flexunet
