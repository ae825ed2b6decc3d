#include "flexunet/kernels/dropout_mask.h"

#include <cmath>

#include "flexunet/base/random.h"
#include "kernels/bfloat16.h"

namespace flexunet {
namespace {

// 32 random bits of an element: a finaliser with two multiplications (constants of Wellons's
// "lowbias32", 2018), with a key before and one between, so that it works on whole vectors.
inline std::uint32_t hash(std::uint32_t element, std::uint64_t key) {
  std::uint32_t bits = element * 0x9e3779b9U ^ static_cast<std::uint32_t>(key);
  bits = (bits ^ bits >> 16) * 0x21f0aaadU;
  bits = (bits ^ bits >> 15 ^ static_cast<std::uint32_t>(key >> 32)) * 0xd35a2d97U;
  return bits ^ bits >> 15;
}

}  // namespace

DropoutMask::DropoutMask(std::uint64_t key, double rate)
    : key_(key),
      threshold_(static_cast<std::uint32_t>(std::ldexp(rate, 32))),
      scale_(static_cast<float>(1.0 / (1.0 - rate))) {}

FLEXUNET_CLONES void DropoutMask::apply(std::uint64_t block, const float* __restrict in,
                                        float* __restrict out, std::size_t count) const {
  const std::uint64_t key = CounterRandom(key_, block).next();
  const std::uint32_t threshold = threshold_;
  const float scale = scale_;
  for (std::size_t i = 0; i < count; ++i) {
    // Not left out for what is dropped: a loop without jumps runs on whole vectors.
    const float scaled = in[i] * scale;
    out[i] = hash(static_cast<std::uint32_t>(i), key) < threshold ? 0.0F : scaled;
  }
}

FLEXUNET_CLONES void DropoutMask::apply(std::uint64_t block, const std::uint16_t* __restrict in,
                                        std::uint16_t* __restrict out, std::size_t count) const {
  const std::uint64_t key = CounterRandom(key_, block).next();
  const std::uint32_t threshold = threshold_;
  const float scale = scale_;
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint16_t scaled = narrow(widen(in[i]) * scale);
    out[i] = hash(static_cast<std::uint32_t>(i), key) < threshold ? std::uint16_t{0} : scaled;
  }
}

}  // namespace flexunet
