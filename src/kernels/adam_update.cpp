#include "flexunet/kernels/adam_update.h"

#include <cmath>

namespace flexunet {

FLEXUNET_CLONES void adam_update(const AdamCoefficients& coefficients, const AdamArrays& arrays,
                                 std::size_t first, std::size_t last) {
  // Copies: the compiler cannot know that the arrays do not hold them.
  const AdamCoefficients c = coefficients;
  float* __restrict weights = arrays.weights;
  const float* __restrict gradients = arrays.gradients;
  float* __restrict first_moments = arrays.first_moments;
  float* __restrict second_moments = arrays.second_moments;
  for (std::size_t i = first; i < last; ++i) {
    // In this form a gradient that is no number stays so.
    float gradient = gradients[i] < -c.clip ? -c.clip : gradients[i];
    gradient = gradient > c.clip ? c.clip : gradient;
    const float m = first_moments[i] * c.beta1 + gradient * c.new1;
    const float v = second_moments[i] * c.beta2 + gradient * gradient * c.new2;
    first_moments[i] = m;
    second_moments[i] = v;
    weights[i] = weights[i] * c.keep - c.step_size * m / (std::sqrt(v) + c.epsilon);
  }
}

}  // namespace flexunet
