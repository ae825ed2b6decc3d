#pragma once

#include <string>
#include <utility>
#include <vector>

#include "flexunet/dataset/dataset.h"
#include "flexunet/model/flexunet.h"
#include "flexunet/options/options.h"

namespace flexunet {

/// Name and seconds of each part of a training step, in their order.
using StepParts = std::vector<std::pair<std::string, double>>;

/// The parts of the step that Trainer::fit takes, each the median of `steps` steps after one that
/// is not counted. Made from the public functions that it calls, in the same order, for it does not
/// say itself where its time goes.
StepParts step_parts(FlexUNet model, const Options& options, const Dataset& batch, int steps);

}  // namespace flexunet
