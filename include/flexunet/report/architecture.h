#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "flexunet/options/options.h"

namespace flexunet {

/// One layer of the network as a table shows it, computed from the options alone (no LibTorch).
struct LayerRow {
  std::string name;  ///< "encoder.0.conv1"
  std::string kind;  ///< "Conv 11x11, dilation 1, relu"
  int channels = 0;  ///< of the output
  int height = 0;    ///< of the output, pixels
  int width = 0;     ///< of the output, pixels
  std::int64_t parameters = 0;
};

/// The layers in the order of the forward pass (docs/behaviour.md, "The network").
std::vector<LayerRow> layer_table(const NetworkOptions& network);

/// All trainable and moving parameters: 126,809,218 for the KneeBones3Dify config.
std::int64_t parameter_count(const NetworkOptions& network);

/// Bytes of memory that one training step needs, estimated: weights, gradients, two moments, and
/// the activations kept for the backward pass; float32.
std::int64_t estimated_training_bytes(const NetworkOptions& network, int batch_size);

/// Bytes of the copy of a run from which its checkpoints are written: weights and two moments. It
/// lies in the computer's memory, whatever device trains.
std::int64_t run_copy_bytes(const NetworkOptions& network);

/// The same as estimated_training_bytes for predicting a batch: weights, the skips, and the two
/// largest activations.
std::int64_t estimated_inference_bytes(const NetworkOptions& network, int batch_size);

/// The layer table with shapes and parameters, and the total, as text for summary.txt.
std::string summary_text(const NetworkOptions& network);

/// Draws the U with shapes and filters of every level, legible for 8 levels. Throws OutputError.
void write_architecture_png(const std::filesystem::path& path, const NetworkOptions& network);

}  // namespace flexunet
