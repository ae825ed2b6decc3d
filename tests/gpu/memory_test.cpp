#include "flexunet/console/program.h"
#include "gpu/gpu.h"

namespace flexunet {
namespace {

using MemoryOnGpu = OnGpu;

TEST_F(MemoryOnGpu, ThatIsUsedUpGivesTheExitCodeOfTraining) {
  char name[] = "flexunet-test";
  char* arguments[] = {name, nullptr};
  const int exit_code = run_program(
      {"flexunet-test", "", "", [](const std::string&) { return std::string(); }}, 1, arguments,
      [](CLI::App&, Arguments&) {},
      [](const Arguments&) { torch::empty({std::int64_t{1} << 50}, kGpu); });
  EXPECT_EQ(exit_code, 5);
}

}  // namespace
}  // namespace flexunet
