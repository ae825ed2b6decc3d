#include "flexunet/base/denormals.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <thread>

#include "flexunet/loader/batch_loader.h"
#include "flexunet/training/adam.h"
#include "support/flushed_denormals.h"
#include "support/toy_dataset.h"

namespace flexunet {
namespace {

// Before any test of this binary starts a thread, as in the programs.
class Flushed : public testing::Environment {
 public:
  Flushed() { flush_denormals(); }
};
const testing::Environment* const kFlushed = testing::AddGlobalTestEnvironment(new Flushed);

class Denormals : public testing::Test {
 protected:
  void SetUp() override {
#if !defined(__x86_64__) && !defined(__aarch64__)
    GTEST_SKIP() << "this processor's setting is not known";
#endif
  }
};

// Tells whether its backward pass was in a thread that flushes.
class Probe : public torch::autograd::Function<Probe> {
 public:
  static inline std::atomic<int> backward_passes = 0;
  static torch::Tensor forward(torch::autograd::AutogradContext*, const torch::Tensor& x) {
    return x.clone();
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext*,
                                                 torch::autograd::variable_list gradients) {
    if (flushes_denormals()) ++backward_passes;
    return {gradients.front()};
  }
};

TEST_F(Denormals, AreFlushedInTheMainThread) { EXPECT_TRUE(flushes_denormals()); }

TEST_F(Denormals, AreFlushedByEveryThreadOfTheTeam) {
  constexpr int kThreads = 3;
  at::set_num_threads(kThreads);
  std::atomic<int> flushing = 0;
  at::parallel_for(0, kThreads, 1, [&](std::int64_t begin, std::int64_t end) {
    if (flushes_denormals()) flushing += static_cast<int>(end - begin);
  });
  EXPECT_EQ(flushing, kThreads);
}

TEST_F(Denormals, AreFlushedOnTheWayBack) {
  Probe::backward_passes = 0;
  const torch::Tensor x = torch::ones({2}, torch::requires_grad());
  Probe::apply(x).sum().backward();
  // From a thread of its own, as a caller of the library may.
  std::thread([&] { Probe::apply(x).sum().backward(); }).join();
  EXPECT_EQ(Probe::backward_passes, 2);
}

TEST_F(Denormals, AreFlushedByThreadsThatPrepareBatches) {
  constexpr int kSize = 8;
  constexpr std::size_t kSamples = 6;
  const Dataset dataset = toy_dataset(kSamples, kSize);
  std::atomic<std::size_t> flushing = 0;
  BatchLoader loader(dataset, order_of_names(kSamples), {2, 2}, [&](std::size_t, Sample&) {
    if (flushes_denormals()) ++flushing;
  });
  for (std::size_t i = 0; i < loader.batches(); ++i) loader.next();
  EXPECT_EQ(flushing, kSamples);
}

std::int64_t count_denormals(const torch::Tensor& x) {
  // As whole numbers: comparing them as floats would flush them.
  const torch::Tensor bits = x.contiguous().view(torch::kInt32).bitwise_and(0x7fffffff);
  return bits.gt(0).logical_and(bits.lt(0x00800000)).sum().item<std::int64_t>();
}

TEST_F(Denormals, AreCounted) {
  // As bits: 0, 1, the largest denormal, the smallest one, and that with a sign.
  const torch::Tensor bits = torch::tensor({0, 0x3f800000, 0x007fffff, 1, INT32_MIN + 1});
  EXPECT_EQ(count_denormals(bits.to(torch::kInt32).view(torch::kFloat32)), 3);
}

TEST_F(Denormals, AreNoResultOfAConvolution) {
  const torch::Tensor x = torch::full({1, 16, 32, 32}, 1e-20F);
  const torch::Tensor weight = torch::full({16, 16, 3, 3}, 1e-20F);
  EXPECT_EQ(count_denormals(torch::conv2d(x, weight, {}, 1, 1)), 0);
}

// The first moment shrinks by a tenth each step, and is below what float32 holds after 900 of them.
TEST_F(Denormals, AreNotWhatAdamKeepsOfADeadUnit) {
  torch::Tensor weight = torch::ones({4096}, torch::requires_grad());
  Adam optimizer({weight}, {});
  const auto step_with = [&](float gradient) {
    weight.mutable_grad() = torch::full_like(weight, gradient);
    optimizer.step();
  };
  step_with(0.1F);
  std::int64_t denormals = 0;
  for (int step = 0; step < 1000; ++step) {
    step_with(0);
    denormals += count_denormals(optimizer.first_moments().front());
  }
  EXPECT_EQ(denormals, 0);
  EXPECT_EQ(optimizer.first_moments().front().abs().max().item<float>(), 0);
}

}  // namespace
}  // namespace flexunet
