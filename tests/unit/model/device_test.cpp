#include "flexunet/model/device.h"

#include <gtest/gtest.h>

#include "flexunet/base/error.h"

namespace flexunet {
namespace {

TEST(SelectDevice, FindsTheCpu) { EXPECT_TRUE(select_device("cpu").is_cpu()); }

TEST(SelectDevice, AutoTakesCudaOnlyWhereThereIsOne) {
  EXPECT_EQ(select_device("auto").is_cuda(), torch::cuda::is_available());
}

TEST(SelectDevice, RefusesCudaThatIsNotThere) {
  if (torch::cuda::is_available()) GTEST_SKIP() << "this machine has a CUDA device";
  for (const char* name : {"cuda", "cuda:0", "cuda:1"}) {
    EXPECT_THROW(select_device(name), ConfigError) << name;
  }
}

TEST(SelectDevice, RefusesUnknownNames) {
  for (const char* name : {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:12345", "CPU"}) {
    EXPECT_THROW(select_device(name), ConfigError) << name;
  }
}

TEST(SelectThreads, TakesTheRequestedNumber) {
  const int before = torch::get_num_threads();
  EXPECT_EQ(select_threads(1), 1);
  EXPECT_EQ(torch::get_num_threads(), 1);
  EXPECT_GE(select_threads(0), 1);
  torch::set_num_threads(before);
}

}  // namespace
}  // namespace flexunet
