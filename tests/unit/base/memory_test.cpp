#include "flexunet/base/memory.h"

#include <gtest/gtest.h>

#include "support/temporary_folder.h"

namespace flexunet {
namespace {

constexpr std::uint64_t kAvailable = 4096000;

// A system that has kAvailable bytes left.
class AvailableMemory : public testing::Test {
 protected:
  AvailableMemory() {
    root_.write("proc/meminfo", "MemTotal:        9000 kB\nMemAvailable:    4000 kB\n");
  }
  std::uint64_t available() const { return available_memory(root_.path()); }
  TemporaryFolder root_;
};

TEST_F(AvailableMemory, IsWhatTheSystemSays) { EXPECT_EQ(available(), kAvailable); }

TEST_F(AvailableMemory, IsNothingWhereTheSystemSaysNothing) {
  EXPECT_EQ(available_memory(root_.path() / "nowhere"), 0U);
}

TEST_F(AvailableMemory, HeedsTheTightestGroupAbove) {
  root_.write("proc/self/cgroup", "0::/slice/job\n");
  root_.write("sys/fs/cgroup/slice/memory.max", "2000000\n");
  root_.write("sys/fs/cgroup/slice/memory.current", "500000\n");
  root_.write("sys/fs/cgroup/slice/job/memory.max", "max\n");
  root_.write("sys/fs/cgroup/slice/job/memory.current", "500000\n");
  EXPECT_EQ(available(), 1500000U);
}

TEST_F(AvailableMemory, CountsFilePagesOfAGroupAsFree) {
  root_.write("proc/self/cgroup", "0::/\n");
  root_.write("sys/fs/cgroup/memory.max", "2000000\n");
  root_.write("sys/fs/cgroup/memory.current", "1900000\n");
  root_.write("sys/fs/cgroup/memory.stat", "anon 1\ninactive_file 300000\nactive_file 100000\n");
  EXPECT_EQ(available(), 500000U);
}

TEST_F(AvailableMemory, KnowsTheOlderGroupsAndAContainersView) {
  root_.write("proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/host/path\n");
  root_.write("sys/fs/cgroup/memory/memory.limit_in_bytes", "1000000\n");
  root_.write("sys/fs/cgroup/memory/memory.usage_in_bytes", "1200000\n");
  EXPECT_EQ(available(), 0U) << "the group is over its limit";
}

TEST(AvailableMemoryOfThisSystem, IsKnown) { EXPECT_GT(available_memory(), 0U); }

}  // namespace
}  // namespace flexunet
