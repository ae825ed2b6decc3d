#pragma once

#include <cstdint>
#include <cstring>

namespace flexunet {

/// The number in bfloat16 that these bits stand for.
inline float widen(std::uint16_t bits) {
  const std::uint32_t wide = static_cast<std::uint32_t>(bits) << 16;
  float number;
  std::memcpy(&number, &wide, sizeof number);
  return number;
}

/// The bits of the nearest number in bfloat16, ties to even; what is no number stays so as long as
/// one of its upper bits says it, as in the results of arithmetic.
inline std::uint16_t narrow(float number) {
  std::uint32_t wide;
  std::memcpy(&wide, &number, sizeof wide);
  return static_cast<std::uint16_t>((wide + 0x7fffU + (wide >> 16 & 1U)) >> 16);
}

/// For loops over both formats.
inline float widen(float number) { return number; }
inline void store(float number, float* target) { *target = number; }
inline void store(float number, std::uint16_t* target) { *target = narrow(number); }

}  // namespace flexunet
