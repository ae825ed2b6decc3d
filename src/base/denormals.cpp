#include "flexunet/base/denormals.h"

#include <cstdint>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace flexunet {

// Where a unit of the network is dead, its gradient is zero and Adam's running means of it shrink
// by a constant factor each step until they are denormal. A processor computes with those in
// microcode, a hundred times as slowly: from some hundred steps on, a run takes three times as
// long. What is flushed is below 1e-37 and changes no digit of a loss. Threads inherit the setting
// from the one that starts them (Linux copies the register); LibTorch's own switch sets the calling
// thread alone, and in 1.13 knows x86 only.

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kFlushed = 0x8000 | 0x0040;  // results; operands
std::uint32_t control() { return _mm_getcsr(); }
void set_control(std::uint32_t value) { _mm_setcsr(value); }
#elif defined(__aarch64__)
constexpr std::uint64_t kFlushed = std::uint64_t{1} << 24 | std::uint64_t{1} << 19;  // FZ; FZ16
std::uint64_t control() {
  std::uint64_t value = 0;
  asm volatile("mrs %0, fpcr" : "=r"(value));
  return value;
}
void set_control(std::uint64_t value) { asm volatile("msr fpcr, %0" : : "r"(value)); }
#else
constexpr std::uint32_t kFlushed = 0;
std::uint32_t control() { return 0; }
void set_control(std::uint32_t) {}
#endif

}  // namespace

void flush_denormals() { set_control(control() | kFlushed); }

}  // namespace flexunet
