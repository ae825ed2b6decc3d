#pragma once

#include <torch/torch.h>

#include <optional>
#include <vector>

#include "flexunet/dataset/dataset.h"
#include "flexunet/loader/batch_loader.h"
#include "flexunet/model/flexunet.h"
#include "flexunet/model/scores.h"
#include "flexunet/options/options.h"

namespace flexunet {

/// What a network scores on a data set.
struct Evaluation {
  double loss = 0;    ///< mean over the images
  /// Plain mean over the batches, as Keras does (docs/behaviour.md, "Metrics and scores").
  double metric = 0;
  Scores scores;      ///< from argmax masks at model size, pooled over the set
  /// Foreground Dice of each image alone, in the order of the samples; empty without foreground.
  std::vector<std::optional<double>> image_foreground_dice;
  double waiting_seconds = 0;  ///< spent on waiting for data
};

/// Runs the network in evaluation mode over the samples in their order. Leaves the network in
/// evaluation mode. Throws Interrupted between two batches after a signal, and DataError.
Evaluation evaluate(FlexUNet& model, const Dataset& dataset, const LoaderOptions& loading,
                    const LossOptions& options);

}  // namespace flexunet
