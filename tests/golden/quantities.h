#pragma once

#include <string>
#include <vector>

#include "support/golden.h"

namespace flexunet {

/// A number or tensor that the original recorded, and ours.
struct Comparison {
  std::string quantity;  ///< a row of the table of tolerances
  std::string what;      ///< which of them
  torch::Tensor actual;
  torch::Tensor expected;
  /// How far, relative, `actual` moves when the starting weights do by float32's rounding.
  double sensitivity = 0;
};

/// The largest difference, relative to the largest expected element.
double relative_difference(const torch::Tensor& actual, const torch::Tensor& expected);

/// Replays the recording's order of events (weights as given, ten steps, three epochs) and returns
/// everything that it holds beside what we get. Replays it three times more from weights that are
/// perturbed, for the sensitivities.
std::vector<Comparison> compare_with_recording(const Golden& golden);

}  // namespace flexunet
