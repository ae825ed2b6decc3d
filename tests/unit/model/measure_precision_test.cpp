#include <gtest/gtest.h>

#include "flexunet/model/precision.h"
#include "support/tiny_network.h"

namespace flexunet {
namespace {

TEST(PrecisionNames, AreFoundAgain) {
  for (const torch::ScalarType type : {torch::kFloat32, torch::kBFloat16}) {
    EXPECT_EQ(find_precision(precision_name(type)), type);
  }
  EXPECT_EQ(find_precision("bfloat16"), torch::kBFloat16);
  for (const char* other : {"auto", "", "float16", "bfloat16 "}) {
    EXPECT_FALSE(find_precision(other)) << other;
  }
}

TEST(ChoosePrecision, TakesBfloat16OnlyWhereItIsATenthFaster) {
  EXPECT_EQ(choose_precision({1.0, 2.0}), torch::kFloat32);
  EXPECT_EQ(choose_precision({1.0, 1.0}), torch::kFloat32);
  EXPECT_EQ(choose_precision({1.09, 1.0}), torch::kFloat32);
  EXPECT_EQ(choose_precision({1.11, 1.0}), torch::kBFloat16);
  EXPECT_EQ(choose_precision({3.0, 1.0}), torch::kBFloat16);
}

TEST(ChoosePrecision, TakesFloat32WhereNothingWasTimed) {
  EXPECT_EQ(PrecisionChoice().type, torch::kFloat32);
}

// Goes on by the same step whenever it is asked.
class SteppingClock {
 public:
  explicit SteppingClock(double step) : step_(step) {}
  Clock clock() {
    return [this] { return step_ * ++calls_; };
  }
  int calls() const { return calls_; }

 private:
  double step_;
  int calls_ = 0;
};

NetworkOptions small_network() {
  NetworkOptions network = tiny_network();
  network.image_width = 16;
  network.image_height = 16;
  network.num_layers = 3;
  return network;
}

class MeasurePrecision : public testing::TestWithParam<Pass> {
 protected:
  // What a measurement comes to, by a clock that goes on by `step` seconds each time.
  PrecisionChoice measure(const NetworkOptions& network, double step) {
    SteppingClock clock(step);
    const PrecisionChoice choice =
        measure_precision(network, kBatchSize, GetParam(), torch::kCPU, clock.clock());
    calls_ = clock.calls();
    return choice;
  }

  static constexpr int kBatchSize = 3;
  int calls_ = 0;
};

TEST_P(MeasurePrecision, TimesTheWholeNetworkWhereThereIsTime) {
  const PrecisionChoice choice = measure(small_network(), 1e-6);
  EXPECT_DOUBLE_EQ(choice.share, 1);
  EXPECT_GT(choice.seconds.float32, 0);
  EXPECT_GT(choice.seconds.bfloat16, 0);
}

TEST_P(MeasurePrecision, EndsThoughTheClockStandsStill) {
  const PrecisionChoice choice = measure(tiny_network(), 0);
  EXPECT_EQ(choice.type, torch::kFloat32);
  EXPECT_DOUBLE_EQ(choice.share, 1);
}

// Of equal seconds for every pass, both formats take the same: float32 wins.
TEST_P(MeasurePrecision, TakesFloat32WhereBothAreTheSame) {
  const PrecisionChoice choice = measure(small_network(), 1e-3);
  EXPECT_EQ(choice.type, torch::kFloat32);
  EXPECT_NEAR(choice.seconds.float32, choice.seconds.bfloat16, 1e-9);
}

TEST_P(MeasurePrecision, TimesOneLevelAloneWhereThatTakesAllTheTime) {
  const PrecisionChoice choice = measure(small_network(), 1.0);
  EXPECT_GT(choice.share, 0);
  EXPECT_LT(choice.share, 1);
  const int all = (measure(small_network(), 1e-6), calls_);
  const int one = (measure(small_network(), 1.0), calls_);
  // A warm-up and two passes in each format, each between two looks at the clock.
  constexpr int kLooksAtALevel = 12;
  EXPECT_GE(one, kLooksAtALevel);
  EXPECT_LT(one, 2 * kLooksAtALevel);
  EXPECT_GE(all, 2 * 3 * kLooksAtALevel);
}

TEST_P(MeasurePrecision, TimesASmallPartOfALargeNetwork) {
  NetworkOptions network;
  network.image_width = 1024;
  network.image_height = 1024;
  network.base_filters = 64;
  network.num_layers = 5;
  const PrecisionChoice choice = measure(network, 0.1);
  EXPECT_GT(choice.share, 0);
  EXPECT_LT(choice.share, 0.01);
}

TEST_P(MeasurePrecision, KnowsEveryShapeOfNetwork) {
  NetworkOptions network = tiny_network();
  network.num_layers = 1;
  EXPECT_GT(measure(network, 1e-6).share, 0);
  network = small_network();
  network.normalization = NormalizationKind::kBatch;
  network.dropout_rate = 0.1;
  network.dilation = 2;
  EXPECT_DOUBLE_EQ(measure(network, 1e-6).share, 1);
}

TEST_P(MeasurePrecision, DrawsNothing) {
  torch::manual_seed(7);
  const torch::Tensor expected = torch::rand({4});
  NetworkOptions network = small_network();
  network.dropout_rate = 0.1;
  torch::manual_seed(7);
  measure(network, 1e-6);
  EXPECT_TRUE(torch::equal(torch::rand({4}), expected));
}

INSTANTIATE_TEST_SUITE_P(Passes, MeasurePrecision,
                         testing::Values(Pass::kTraining, Pass::kPrediction),
                         [](const auto& instance) {
                           return instance.param == Pass::kTraining ? "Training" : "Prediction";
                         });

}  // namespace
}  // namespace flexunet
