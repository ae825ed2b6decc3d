#include "flexunet/kernels/pooling.h"

#include "kernels/bfloat16.h"

namespace flexunet {
namespace {

inline float larger(float a, float b) { return b > a || b != b ? b : a; }

// Inlined into each of its callers' clones.
template <typename Number>
[[gnu::always_inline]] inline void pool(const PoolingShape& shape, const Number* __restrict upper,
                                        const Number* __restrict lower, Number* __restrict pooled) {
  const std::size_t channels = shape.channels;
  for (std::size_t x = 0; x < shape.width; ++x) {
    for (std::size_t c = 0; c < channels; ++c) {
      const std::size_t left = 2 * x * channels + c;
      const float of_upper = larger(widen(upper[left]), widen(upper[left + channels]));
      const float of_lower = larger(widen(lower[left]), widen(lower[left + channels]));
      store(larger(of_upper, of_lower), &pooled[x * channels + c]);
    }
  }
}

template <typename Number>
[[gnu::always_inline]] inline void add_gradients(const PoolingShape& shape,
                                                 const PoolingGradients<Number>& gradients) {
  const std::size_t channels = shape.channels;
  const std::size_t row = 2 * shape.width * channels;
  for (std::size_t x = 0; x < shape.width; ++x) {
    const Number* image = gradients.image + 2 * x * channels;
    const Number* pooled = gradients.pooled + x * channels;
    const Number* upper = gradients.other + 2 * x * gradients.other_pixel;
    const Number* lower = upper + gradients.other_row;
    const std::size_t next = gradients.other_pixel;
    Number* result = gradients.result + 2 * x * channels;
// The compiler cannot see that the rows lie apart.
#pragma GCC ivdep
    for (std::size_t c = 0; c < channels; ++c) {
      const float a = widen(image[c]);
      const float b = widen(image[c + channels]);
      const float d = widen(image[c + row]);
      const float e = widen(image[c + row + channels]);
      const float largest = larger(larger(a, b), larger(d, e));
      // What is left of the gradient goes on to the next pixel.
      float left = widen(pooled[c]);
      const float of_a = a == largest ? left : 0.0F;
      left = a == largest ? 0.0F : left;
      const float of_b = b == largest ? left : 0.0F;
      left = b == largest ? 0.0F : left;
      const float of_d = d == largest ? left : 0.0F;
      left = d == largest ? 0.0F : left;
      const float of_e = e == largest ? left : 0.0F;
      store(widen(upper[c]) + of_a, &result[c]);
      store(widen(upper[c + next]) + of_b, &result[c + channels]);
      store(widen(lower[c]) + of_d, &result[c + row]);
      store(widen(lower[c + next]) + of_e, &result[c + row + channels]);
    }
  }
}

}  // namespace

FLEXUNET_CLONES void pool_rows(const PoolingShape& shape, const float* upper, const float* lower,
                               float* pooled) {
  pool(shape, upper, lower, pooled);
}

FLEXUNET_CLONES void pool_rows(const PoolingShape& shape, const std::uint16_t* upper,
                               const std::uint16_t* lower, std::uint16_t* pooled) {
  pool(shape, upper, lower, pooled);
}

FLEXUNET_CLONES void add_pooling_gradients(const PoolingShape& shape,
                                           const PoolingGradients<float>& gradients) {
  add_gradients(shape, gradients);
}

FLEXUNET_CLONES void add_pooling_gradients(const PoolingShape& shape,
                                           const PoolingGradients<std::uint16_t>& gradients) {
  add_gradients(shape, gradients);
}

}  // namespace flexunet
