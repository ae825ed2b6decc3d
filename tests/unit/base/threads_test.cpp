#include "flexunet/base/threads.h"

#include <gtest/gtest.h>

#include <thread>

namespace flexunet {
namespace {

TEST(PhysicalCores, AreNoMoreThanTheProcessors) {
  EXPECT_GE(physical_cores(), 1);
  EXPECT_LE(physical_cores(), static_cast<int>(std::thread::hardware_concurrency()));
}

TEST(LoaderWorkers, LeaveTheCoresOfACpuToTheNetwork) {
  EXPECT_EQ(loader_workers(1, false), 1);
  EXPECT_EQ(loader_workers(2, false), 1);
  EXPECT_EQ(loader_workers(16, false), 4);
}

TEST(LoaderWorkers, UseTheCoresThatAGpuLeavesIdle) {
  EXPECT_EQ(loader_workers(1, true), 1);
  EXPECT_EQ(loader_workers(8, true), 7);
  EXPECT_EQ(loader_workers(128, true), 16);
}

}  // namespace
}  // namespace flexunet
