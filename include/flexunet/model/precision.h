#pragma once

#include <torch/torch.h>

#include <functional>
#include <optional>
#include <string>

#include "flexunet/options/options.h"

namespace flexunet {

/// "float32" or "bfloat16".
std::string precision_name(torch::ScalarType compute_type);

/// The number format of activations of that name; empty for every other name.
std::optional<torch::ScalarType> find_precision(const std::string& name);

/// What a network does with a batch.
enum class Pass { kTraining, kPrediction };

/// What the same work takes in both number formats.
struct PrecisionSeconds {
  double float32 = 0;
  double bfloat16 = 0;
};

/// bfloat16 where it is at least 10 % faster; float32, which is more exact, where it is not.
torch::ScalarType choose_precision(const PrecisionSeconds& seconds);

/// A number format and why it was taken.
struct PrecisionChoice {
  torch::ScalarType type = torch::kFloat32;
  PrecisionSeconds seconds;  ///< of all convolution blocks; too long where `share` is small
  double share = 0;          ///< of their operations that was timed; 0: the device has no bfloat16
};

/// Tells seconds since any fixed moment.
using Clock = std::function<double()>;
double steady_seconds();

/// The number format in which one pass of a batch through a network of this shape is faster on
/// `device`: times its levels in both, for at most half a second. Draws nothing that has a seed of
/// the run's, and needs far less memory than the pass itself.
PrecisionChoice measure_precision(const NetworkOptions& network, int batch_size, Pass pass,
                                  torch::Device device, const Clock& clock = steady_seconds);

}  // namespace flexunet
