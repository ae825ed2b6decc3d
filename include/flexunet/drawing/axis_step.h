#pragma once

namespace flexunet {

/// The least of 1, 2, 5 times a power of ten that divides `range` (above 0) into at most
/// `most_steps` steps.
double axis_step(double range, int most_steps);

}  // namespace flexunet
