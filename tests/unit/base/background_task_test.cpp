#include "flexunet/base/background_task.h"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <vector>

namespace flexunet {
namespace {

TEST(BackgroundTask, RunsBesideTheThreadThatStartedIt) {
  std::promise<void> may_end;
  bool ended = false;
  BackgroundTask task;
  task.start([&] {
    may_end.get_future().wait();
    ended = true;
  });
  task.check();
  may_end.set_value();
  task.wait();
  EXPECT_TRUE(ended);
  task.wait();
}

TEST(BackgroundTask, StartsAfterTheOneBefore) {
  std::vector<int> order;
  BackgroundTask task;
  for (int i = 0; i < 50; ++i) task.start([&order, i] { order.push_back(i); });
  task.wait();
  ASSERT_EQ(order.size(), 50U);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

TEST(BackgroundTask, ThrowsOnceWhatTheTaskThrew) {
  const auto fail = [] { throw std::runtime_error("disk full"); };
  BackgroundTask task;
  task.start(fail);
  EXPECT_THROW(task.wait(), std::runtime_error);
  task.wait();
  bool started = false;
  task.start(fail);
  EXPECT_THROW(task.start([&] { started = true; }), std::runtime_error);
  task.wait();
  EXPECT_FALSE(started);
}

TEST(BackgroundTask, ACheckThrowsAsSoonAsTheTaskHasFailed) {
  BackgroundTask task;
  task.start([] { throw std::runtime_error("disk full"); });
  const auto check_until_it_throws = [&] {
    while (true) task.check();
  };
  EXPECT_THROW(check_until_it_throws(), std::runtime_error);
}

TEST(BackgroundTask, IsDoneWhenItsOwnerIsGone) {
  std::promise<void> may_end;
  bool ended = false;
  std::future<void> opener;
  {
    BackgroundTask task;
    task.start([&] {
      may_end.get_future().wait();
      ended = true;
      throw std::runtime_error("nobody hears of it");
    });
    opener = std::async(std::launch::async, [&] { may_end.set_value(); });
  }
  EXPECT_TRUE(ended);
}

}  // namespace
}  // namespace flexunet
