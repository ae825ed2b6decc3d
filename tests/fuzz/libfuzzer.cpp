// What libFuzzer calls, for any target.
#include <cstddef>
#include <cstdint>

#include "fuzz/fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  flexunet::reads_input({reinterpret_cast<const char*>(data), size});
  return 0;
}
