#include "model/dropout.h"

#include <gtest/gtest.h>

#include "flexunet/kernels/dropout_mask.h"

namespace flexunet {
namespace {

constexpr double kRate = 0.25;

torch::Tensor dropped_from(std::uint64_t seed, const torch::Tensor& x) {
  torch::manual_seed(seed);
  return apply_dropout(x, kRate, true);
}

// More than two of the mask's blocks, the last one not whole.
torch::Tensor ones() {
  return torch::ones({3, 16, 37, 41}).contiguous(torch::MemoryFormat::ChannelsLast);
}

TEST(Dropout, DropsTheRateAndScalesTheRest) {
  ASSERT_GT(ones().numel(), 2 * static_cast<std::int64_t>(DropoutMask::kBlock));
  const torch::Tensor y = dropped_from(1, ones());
  const torch::Tensor kept = y != 0;
  // Four standard deviations of the mean of 72,816 draws.
  EXPECT_NEAR(kept.to(torch::kFloat32).mean().item<double>(), 1 - kRate, 0.0065);
  EXPECT_TRUE(torch::allclose(y.masked_select(kept), torch::tensor(1 / (1 - kRate))));
}

// A pair of elements, in whatever distance, is dropped as often as two that know nothing of each
// other.
TEST(Dropout, DropsElementsIndependently) {
  const torch::Tensor dropped =
      (dropped_from(2, torch::ones({1, 1, 512, 512})).flatten() == 0).to(torch::kFloat32);
  const std::int64_t count = dropped.numel();
  for (const std::int64_t distance : {1, 2, 16, 512, 1 << 15, (1 << 15) + 1}) {
    const double both =
        (dropped.slice(0, 0, count - distance) * dropped.slice(0, distance)).mean().item<double>();
    EXPECT_NEAR(both, kRate * kRate, 0.003) << distance;
  }
}

TEST(Dropout, FollowsTheSeedAndNotTheThreads) {
  const int threads = torch::get_num_threads();
  torch::set_num_threads(1);
  const torch::Tensor one = dropped_from(3, ones());
  torch::set_num_threads(3);
  const torch::Tensor three = dropped_from(3, ones());
  torch::set_num_threads(threads);
  EXPECT_TRUE(torch::equal(one, three));
  EXPECT_FALSE(torch::equal(one, dropped_from(4, ones())));
  torch::manual_seed(3);
  apply_dropout(ones(), kRate, true);
  EXPECT_FALSE(torch::equal(one, apply_dropout(ones(), kRate, true))) << "each call draws anew";
}

TEST(Dropout, GivesGradientsTheSameMaskInAnyMemoryOrder) {
  for (const auto type : {torch::kFloat32, torch::kBFloat16}) {
    const torch::Tensor x = ones().to(type).requires_grad_();
    const torch::Tensor y = dropped_from(5, x);
    EXPECT_EQ(y.scalar_type(), type);
    y.backward(torch::ones({3, 16, 37, 41}, type));  // contiguous where x is channels_last
    EXPECT_TRUE(torch::equal(x.grad(), y)) << "where all is 1, both are the scaled mask";
  }
}

TEST(Dropout, RoundsInBfloat16AsLibTorchDoes) {
  torch::manual_seed(6);
  const torch::Tensor x = torch::randn({1, 8, 64, 64}).to(torch::kBFloat16);
  const torch::Tensor y = dropped_from(7, x);
  const torch::Tensor expected =
      (x.to(torch::kFloat32) * static_cast<float>(1 / (1 - kRate))).to(torch::kBFloat16);
  EXPECT_TRUE(torch::equal(y, torch::where(y == 0, y, expected)));
}

TEST(Dropout, LeavesEvaluationAlone) {
  EXPECT_TRUE(torch::equal(apply_dropout(ones(), kRate, false), ones()));
}

}  // namespace
}  // namespace flexunet
