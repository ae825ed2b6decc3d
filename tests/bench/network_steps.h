#pragma once

#include <vector>

#include "flexunet/dataset/dataset.h"
#include "flexunet/model/flexunet.h"
#include "flexunet/options/options.h"

namespace flexunet {

/// Seconds of each of `steps` training steps of a network on one batch, as Trainer::fit takes them:
/// batch assembly, forward and backward pass, Adam, the metric, and the loss read back. Each step
/// is an epoch of its own; the validation that follows it, of a single image, is not counted.
std::vector<double> training_seconds(FlexUNet model, const Options& options, const Dataset& batch,
                                     int steps);

/// Seconds of each of `steps` predictions of a batch's probabilities by predict_probs, from images
/// in memory. Leaves the network in evaluation mode.
std::vector<double> prediction_seconds(FlexUNet model, const Dataset& batch, int steps);

}  // namespace flexunet
