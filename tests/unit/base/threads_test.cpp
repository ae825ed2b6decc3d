#include "flexunet/base/threads.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "support/temporary_folder.h"

namespace flexunet {
namespace {

TEST(PhysicalCores, AreNoMoreThanTheProcessors) {
  EXPECT_GE(physical_cores(), 1);
  EXPECT_LE(physical_cores(), static_cast<int>(std::thread::hardware_concurrency()));
}

// Four processors: two hyper-threads of core 0 of both packages.
TEST(CountCores, CountsHyperThreadsOnceAndOnlyProcessorsThatMayBeUsed) {
  const TemporaryFolder system;
  for (int processor = 0; processor < 4; ++processor) {
    const std::string topology = "cpu" + std::to_string(processor) + "/topology/";
    system.write(topology + "core_id", "0\n");
    system.write(topology + "physical_package_id", std::to_string(processor / 2) + "\n");
  }
  EXPECT_EQ(count_cores({0, 1, 2, 3}, system.path()), 2);
  EXPECT_EQ(count_cores({0, 1}, system.path()), 1);
  EXPECT_EQ(count_cores({1, 2}, system.path()), 2);
  EXPECT_EQ(count_cores({3}, system.path()), 1);
}

TEST(CountCores, CountsProcessorsWhereNothingIsKnown) {
  const TemporaryFolder empty;
  EXPECT_EQ(count_cores({0, 5, 7}, empty.path()), 3);
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
