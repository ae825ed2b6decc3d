#include "flexunet/base/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <set>
#include <vector>

namespace flexunet {
namespace {

// Written down once: these numbers decide every shuffle and every initial weight, so that a change
// would make old runs unrepeatable.
TEST(CounterRandom, GivesTheSameNumbersForEver) {
  CounterRandom random(137, 1);
  const std::array<std::uint64_t, 3> expected{0xf6e56f9e44803c1dULL, 0x8b18694ec0357595ULL,
                                              0xc192388f81d0858cULL};
  for (const std::uint64_t value : expected) EXPECT_EQ(random.next(), value);
}

TEST(CounterRandom, DiffersBetweenSeedsAndStreams) {
  std::set<std::uint64_t> first_draws;
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    for (std::uint64_t stream = 0; stream < 30; ++stream) {
      first_draws.insert(CounterRandom(seed, stream).next());
    }
  }
  EXPECT_EQ(first_draws.size(), 900U);
}

TEST(CounterRandom, UniformStaysInItsRangeWithTheRightMoments) {
  CounterRandom random(1, 2);
  constexpr int kDraws = 100000;
  double sum = 0, squares = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double value = random.uniform(2.0, 4.0);
    ASSERT_GE(value, 2.0);
    ASSERT_LT(value, 4.0);
    sum += value;
    squares += (value - 3.0) * (value - 3.0);
  }
  EXPECT_NEAR(sum / kDraws, 3.0, 0.01);
  EXPECT_NEAR(squares / kDraws, 4.0 / 12.0, 0.01);
}

TEST(CounterRandom, NormalHasMeanZeroAndVarianceOne) {
  CounterRandom random(3, 4);
  constexpr int kDraws = 100000;
  double sum = 0, squares = 0, beyond_two = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double value = random.normal();
    ASSERT_TRUE(std::isfinite(value));
    sum += value;
    squares += value * value;
    beyond_two += std::abs(value) > 2.0 ? 1 : 0;
  }
  EXPECT_NEAR(sum / kDraws, 0.0, 0.02);
  EXPECT_NEAR(squares / kDraws, 1.0, 0.02);
  EXPECT_NEAR(beyond_two / kDraws, 0.0455, 0.004);
}

TEST(CounterRandom, BelowReachesEveryValueEquallyOften) {
  CounterRandom random(5, 6);
  std::array<int, 7> counts{};
  for (int i = 0; i < 70000; ++i) ++counts.at(random.below(7));
  for (const int count : counts) EXPECT_NEAR(count, 10000, 500);
  EXPECT_EQ(random.below(1), 0U);
}

TEST(ShuffledOrder, IsAPermutationThatDependsOnSeedAndEpochAlone) {
  for (const std::size_t count : {0U, 1U, 2U, 100U}) {
    std::vector<std::size_t> order = shuffled_order(count, 137, 3);
    EXPECT_EQ(order, shuffled_order(count, 137, 3));
    std::sort(order.begin(), order.end());
    std::vector<std::size_t> expected(count);
    std::iota(expected.begin(), expected.end(), std::size_t{0});
    EXPECT_EQ(order, expected);
  }
  EXPECT_NE(shuffled_order(100, 137, 3), shuffled_order(100, 137, 4));
  EXPECT_NE(shuffled_order(100, 137, 3), shuffled_order(100, 138, 3));
}

}  // namespace
}  // namespace flexunet
