#include "flexunet/console/program.h"

#include <gtest/gtest.h>

#include <CLI/App.hpp>
#include <new>
#include <stdexcept>

#include "flexunet/base/error.h"

namespace flexunet {
namespace {

// The exit code of a program whose body throws.
template <typename Exception>
int exit_code_of(const Exception& exception) {
  char name[] = "flexunet-test";
  char* arguments[] = {name, nullptr};
  return run_program(
      {"flexunet-test", "", "", [](const std::string&) { return std::string(); }}, 1, arguments,
      [](CLI::App&, Arguments&) {}, [&](const Arguments&) { throw exception; });
}

// LibTorch's own words, and those of the libraries below it.
TEST(ExitCode, OfMemoryThatIsUsedUpIsThatOfTraining) {
  for (const char* what :
       {"CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has a total capacity of 10.00 GiB",
        "CUDA error: out of memory\nCompile with `TORCH_USE_CUDA_DSA`",
        "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
        "cuDNN error: CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "[enforce fail at alloc_cpu.cpp:66] . DefaultCPUAllocator: can't allocate memory: you "
        "tried "
        "to allocate 1 bytes. Error code 12 (Cannot allocate memory)",
        "DefaultCPUAllocator: not enough memory: you tried to allocate 1 bytes."}) {
    EXPECT_EQ(exit_code_of(std::runtime_error(what)), 5) << what;
  }
  EXPECT_EQ(exit_code_of(std::bad_alloc()), 5);
}

TEST(ExitCode, OfWhatNobodyExpectedIsOne) {
  EXPECT_EQ(exit_code_of(std::runtime_error("CUDA error: an illegal memory access")), 1);
}

TEST(ExitCode, IsThatOfTheError) { EXPECT_EQ(exit_code_of(ConfigError("no such device")), 2); }

}  // namespace
}  // namespace flexunet
