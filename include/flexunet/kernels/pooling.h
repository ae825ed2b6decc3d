#pragma once

#include <cstddef>
#include <cstdint>

namespace flexunet {

/// Two rows of an image (W,C) and the row (W/2,C) that 2x2 max pooling makes of them; numbers of
/// one pixel lie side by side.
struct PoolingShape {
  std::size_t width;     ///< of the pooled row
  std::size_t channels;  ///< of a pixel
};

/// The largest of each 2x2 pixels. What is no number counts as the largest.
void pool_rows(const PoolingShape& shape, const float* upper, const float* lower, float* pooled);
/// The same for numbers in bfloat16, given as their bits.
void pool_rows(const PoolingShape& shape, const std::uint16_t* upper, const std::uint16_t* lower,
               std::uint16_t* pooled);

/// What add_pooling_gradients reads and writes, each pointer at the upper of two rows.
template <typename Number>
struct PoolingGradients {
  const Number* image;      ///< two rows, one behind the other
  const Number* pooled;     ///< gradient of the pooled row
  const Number* other;      ///< gradient of the image from elsewhere
  std::size_t other_pixel;  ///< numbers from a pixel of `other` to the next
  std::size_t other_row;    ///< numbers from a row of `other` to the next
  Number* result;           ///< gradient of the image, two rows, one behind the other
};

/// The sum of both gradients of an image's two rows: that of the pooled row counts at the first of
/// the largest of each 2x2 pixels (from left to right, the upper row first).
void add_pooling_gradients(const PoolingShape& shape, const PoolingGradients<float>& gradients);
/// The same for numbers in bfloat16, given as their bits; each sum is rounded once.
void add_pooling_gradients(const PoolingShape& shape,
                           const PoolingGradients<std::uint16_t>& gradients);

}  // namespace flexunet
