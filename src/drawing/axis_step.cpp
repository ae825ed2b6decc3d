#include "flexunet/drawing/axis_step.h"

#include <cmath>
#include <initializer_list>

namespace flexunet {

double axis_step(double range, int most_steps) {
  const double raw = range / most_steps;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= raw * (1 - 1e-9)) return factor * power;
  }
  return 10 * power;
}

}  // namespace flexunet
