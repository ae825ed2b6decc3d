#pragma once

#include <cstddef>

namespace flexunet {

/// What one step of Adam does to every element, see Adam.
struct AdamCoefficients {
  float clip;       ///< gradients are clipped to [-clip, clip]
  float beta1;      ///< share of the first moment that stays
  float beta2;      ///< share of the second moment that stays
  float new1;       ///< 1 - beta1, rounded once: in float, 1 - 0.999 is wrong by 5e-5
  float new2;       ///< 1 - beta2
  float step_size;  ///< learning rate with the correction of both moments
  float epsilon;    ///< added to the root of the second moment
  float keep;       ///< what decay leaves of a weight, 1 for none
};

/// Arrays of the same length.
struct AdamArrays {
  float* weights;
  const float* gradients;
  float* first_moments;
  float* second_moments;
};

/// Updates the elements first .. last - 1 in one pass over the memory.
void adam_update(const AdamCoefficients& coefficients, const AdamArrays& arrays, std::size_t first,
                 std::size_t last);

}  // namespace flexunet
