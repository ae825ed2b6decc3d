#include "flexunet/base/ordered_pipeline.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>

namespace flexunet {
namespace {

constexpr std::size_t kCount = 200;

TEST(OrderedPipeline, GivesItemsInOrderWhateverTheThreads) {
  for (const int threads : {0, 1, 3, 16}) {
    for (const std::size_t window : {1U, 2U, 7U, 1000U}) {
      OrderedPipeline<std::string> pipeline(kCount, {threads, window},
                                            [](std::size_t i) { return std::to_string(i); });
      for (std::size_t i = 0; i < kCount; ++i) {
        ASSERT_FALSE(pipeline.done());
        ASSERT_EQ(pipeline.next(), std::to_string(i)) << threads << " threads, window " << window;
      }
      EXPECT_TRUE(pipeline.done());
      EXPECT_THROW(pipeline.next(), std::out_of_range);
    }
  }
}

TEST(OrderedPipeline, TakesItemsThatCannotBeCopied) {
  OrderedPipeline<std::unique_ptr<std::size_t>> pipeline(
      3, {2, 2}, [](std::size_t i) { return std::make_unique<std::size_t>(i); });
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(*pipeline.next(), i);
}

TEST(OrderedPipeline, MakesEachItemOnce) {
  std::vector<std::atomic<int>> made(kCount);
  OrderedPipeline<int> pipeline(kCount, {4, 8}, [&](std::size_t i) { return ++made[i]; });
  while (!pipeline.done()) EXPECT_EQ(pipeline.next(), 1);
  for (const std::atomic<int>& times : made) EXPECT_EQ(times, 1);
}

TEST(OrderedPipeline, IsNeverFurtherAheadThanItsWindow) {
  constexpr std::size_t kWindow = 3;
  std::atomic<std::size_t> asked{0};
  std::atomic<std::size_t> too_early{0};
  OrderedPipeline<std::size_t> pipeline(kCount, {8, kWindow}, [&](std::size_t i) {
    if (i >= asked + kWindow) ++too_early;
    return i;
  });
  while (!pipeline.done()) {
    ++asked;
    pipeline.next();
  }
  EXPECT_EQ(too_early, 0U);
}

// Both threads are needed: each item waits until the other has begun.
TEST(OrderedPipeline, WorksOnSeveralItemsAtOnce) {
  std::mutex mutex;
  std::condition_variable begun;
  int beginnings = 0;
  OrderedPipeline<std::size_t> pipeline(2, {2, 2}, [&](std::size_t i) {
    std::unique_lock<std::mutex> lock(mutex);
    ++beginnings;
    begun.notify_all();
    begun.wait(lock, [&] { return beginnings == 2; });
    return i;
  });
  EXPECT_EQ(pipeline.next(), 0U);
  EXPECT_EQ(pipeline.next(), 1U);
}

TEST(OrderedPipeline, ThrowsAtTheItemThatFailedAndGoesOn) {
  for (const int threads : {0, 1, 4}) {
    OrderedPipeline<std::size_t> pipeline(kCount, {threads, 5}, [](std::size_t i) {
      if (i % 50 == 7) throw std::runtime_error("item " + std::to_string(i));
      return i;
    });
    for (std::size_t i = 0; i < kCount; ++i) {
      if (i % 50 != 7) {
        EXPECT_EQ(pipeline.next(), i);
        continue;
      }
      try {
        pipeline.next();
        ADD_FAILURE() << "item " << i << " should fail with " << threads << " threads";
      } catch (const std::runtime_error& error) {
        EXPECT_EQ(error.what(), "item " + std::to_string(i));
      }
    }
  }
}

TEST(OrderedPipeline, EndsCleanlyAtAnyMoment) {
  for (std::size_t taken = 0; taken < 20; ++taken) {
    std::atomic<int> running{0};
    {
      OrderedPipeline<std::size_t> pipeline(kCount, {4, 6}, [&](std::size_t i) {
        ++running;
        if (i == 11) throw std::runtime_error("nobody may ever ask");
        --running;
        return i;
      });
      for (std::size_t i = 0; i < taken && i < 11; ++i) pipeline.next();
    }
    EXPECT_LE(running, 1) << "only the item that failed never came to its end";
  }
}

TEST(OrderedPipeline, MayBeEmpty) {
  OrderedPipeline<int> pipeline(0, {3, 2}, [](std::size_t) { return 1; });
  EXPECT_TRUE(pipeline.done());
}

}  // namespace
}  // namespace flexunet
