#include "apps/benchmark_report.h"

#include <gtest/gtest.h>

namespace flexunet {
namespace {

EpochTimes some_epoch() {
  EpochTimes epoch;
  epoch.computing = 9;
  epoch.waiting = 0.8;
  epoch.validation = 1.7;
  epoch.checkpoint = 0.5;
  return epoch;
}

TEST(DescribeEpoch, TellsItsSumAndItsParts) {
  EpochTimes epoch = some_epoch();
  EXPECT_EQ(describe_epoch(epoch),
            "an epoch: 12 s (training 9.8 s, validation 1.7 s, checkpoint 0.5 s)");
  epoch.checkpoint = 0;  // not measured
  epoch.previews = 3;
  EXPECT_EQ(describe_epoch(epoch),
            "an epoch: 14 s (training 9.8 s, validation 1.7 s, previews 3 s)");
}

TEST(DescribeRun, TellsWhetherItMayEndSooner) {
  EXPECT_EQ(describe_run(some_epoch(), 100, true), "the whole run: 100 epochs, 20 min at most");
  EXPECT_EQ(describe_run(some_epoch(), 1, false), "the whole run: 1 epoch, 12 s");
}

TEST(LimitedBy, NamesTheLongestPart) {
  EpochTimes epoch = some_epoch();
  EXPECT_EQ(limited_by(epoch).rfind("the network", 0), 0U);
  epoch.waiting = 9.5;
  EXPECT_EQ(limited_by(epoch).rfind("data", 0), 0U);
  epoch.validation = 10;
  EXPECT_EQ(limited_by(epoch).rfind("validation", 0), 0U);
  epoch.checkpoint = 11;
  EXPECT_EQ(limited_by(epoch).rfind("writing the checkpoints", 0), 0U);
  epoch.previews = 12;
  EXPECT_EQ(limited_by(epoch).rfind("previews", 0), 0U);
}

TEST(Suggestions, AreWhatHelpsTheBestFirst) {
  const std::vector<std::string> lines =
      suggestions({{"[train] batch_size = 4", 1.2, "an estimated 3.1 GB of memory"},
                   {"[dataset] cache = \"memory\"", 1.09, ""},
                   {"--precision bfloat16", 1.62, ""}});
  EXPECT_EQ(lines, (std::vector<std::string>{
                       "--precision bfloat16: 1.6x the images a second",
                       "[train] batch_size = 4: 1.2x the images a second; an estimated 3.1 GB of "
                       "memory"}));
  EXPECT_TRUE(suggestions({{"--precision bfloat16", 0.4, ""}}).empty());
  EXPECT_TRUE(suggestions({}).empty());
}

TEST(DurationText, HasTheUnitThatPeopleThinkIn) {
  EXPECT_EQ(duration_text(0.347), "0.35 s");
  EXPECT_EQ(duration_text(9.8), "9.8 s");
  EXPECT_EQ(duration_text(12.3), "12 s");
  EXPECT_EQ(duration_text(1200), "20 min");
  EXPECT_EQ(duration_text(3.5 * 3600), "3.5 h");
}

TEST(StepTimes, AddUp) {
  StepTimes times;
  times.computing = 0.25;
  times.waiting = 0.5;
  EXPECT_DOUBLE_EQ(times.seconds(), 0.75);
}

}  // namespace
}  // namespace flexunet
