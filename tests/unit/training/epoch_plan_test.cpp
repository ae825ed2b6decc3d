#include "training/epoch_plan.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "flexunet/base/random.h"

namespace flexunet {
namespace {

TEST(EpochPlan, TakesEverySampleOnceAnEpochInAnOrderOfItsOwn) {
  for (std::uint64_t epoch = 0; epoch < 3; ++epoch) {
    const EpochPlan plan = plan_epoch({10, 10, 7}, epoch);
    EXPECT_EQ(plan.order, shuffled_order(10, 7, epoch));
    EXPECT_EQ(plan.passes, std::vector<std::uint64_t>(10, epoch));
  }
}

TEST(EpochPlan, GoesOnWhereTheEpochBeforeEnded) {
  // 4 of 10 samples an epoch: five epochs are two passes, each with every sample once.
  std::map<std::uint64_t, std::set<std::size_t>> samples_of_pass;
  for (std::uint64_t epoch = 0; epoch < 5; ++epoch) {
    const EpochPlan plan = plan_epoch({10, 4, 7}, epoch);
    ASSERT_EQ(plan.order.size(), 4U);
    for (std::size_t i = 0; i < 4; ++i) samples_of_pass[plan.passes[i]].insert(plan.order[i]);
  }
  ASSERT_EQ(samples_of_pass.size(), 2U);
  EXPECT_EQ(samples_of_pass[0].size(), 10U);
  EXPECT_EQ(samples_of_pass[1].size(), 10U);
}

TEST(EpochPlan, TakesSamplesMoreThanOnceWhereAnEpochIsLonger) {
  std::map<std::size_t, int> uses;
  std::set<std::pair<std::uint64_t, std::size_t>> draws;
  const EpochPlan plan = plan_epoch({3, 8, 7}, 1);  // places 8 to 15: passes 2 to 5
  for (std::size_t i = 0; i < plan.order.size(); ++i) {
    ++uses[plan.order[i]];
    draws.insert({plan.passes[i], plan.order[i]});
  }
  EXPECT_EQ(plan.passes.front(), 2U);
  EXPECT_EQ(plan.passes.back(), 5U);
  for (const auto& [sample, count] : uses) EXPECT_GE(count, 2);
  EXPECT_EQ(draws.size(), 8U);  // no draw of augmentation comes twice
}

}  // namespace
}  // namespace flexunet
