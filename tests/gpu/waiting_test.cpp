// What must not wait for the GPU, in LibTorch's mode in which every wait is an error.
#include <c10/cuda/CUDAFunctions.h>

#include "flexunet/model/flexunet.h"
#include "flexunet/model/losses.h"
#include "flexunet/model/running_means.h"
#include "flexunet/model/scores.h"
#include "flexunet/training/adam.h"
#include "gpu/gpu.h"
#include "support/optimizer_step.h"
#include "support/toy_dataset.h"

namespace flexunet {
namespace {

class WaitsAreErrors {
 public:
  WaitsAreErrors() { set(c10::cuda::SyncDebugMode::L_ERROR); }
  ~WaitsAreErrors() { set(c10::cuda::SyncDebugMode::L_DISABLED); }
  WaitsAreErrors(const WaitsAreErrors&) = delete;
  WaitsAreErrors& operator=(const WaitsAreErrors&) = delete;

 private:
  static void set(c10::cuda::SyncDebugMode mode) {
    c10::cuda::warning_state().set_sync_debug_mode(mode);
  }
};

class WithoutWaiting : public OnGpu {
 protected:
  static constexpr int kSize = 32;

  void SetUp() override {
    OnGpu::SetUp();
    if (IsSkipped()) return;
    model_ = FlexUNet(toy_network(kSize), 1);
    model_->to(kGpu);
    images_ = torch::randint(256, {2, 3, kSize, kSize}, torch::kUInt8).to(kGpu);
    class_masks_ = torch::randint(2, {2, kSize, kSize}, torch::kLong).to(kGpu);
  }

  FlexUNet model_{nullptr};
  torch::Tensor images_;
  torch::Tensor class_masks_;
};

TEST_F(WithoutWaiting, AnItemIsAnError) {
  const torch::Tensor one = torch::ones({}, kGpu);
  const WaitsAreErrors errors;
  EXPECT_ANY_THROW(one.item<float>());
}

TEST_F(WithoutWaiting, TrainingStepsOfEveryLossRun) {
  Adam optimizer(model_->parameters(), {});
  RunningMeans means(kGpu);
  model_->train();
  {
    const WaitsAreErrors errors;
    for (const LossKind kind : {LossKind::kCategoricalCrossentropy, LossKind::kDiceLossMulticlass,
                                LossKind::kCategoricalFocalDiceLoss, LossKind::kDiceCrossentropy,
                                LossKind::kFocalCrossentropy}) {
      LossOptions options;
      options.loss = kind;
      options.class_weights = {1, 2};
      const torch::Tensor logits = model_(images_);
      const torch::Tensor loss = compute_loss(options, logits, class_masks_);
      step_backward(optimizer, loss);
      const torch::NoGradGuard no_grad;
      means.add(loss, compute_metric(options, torch::softmax(logits, 1), class_masks_), 2);
    }
  }
  EXPECT_GT(means.loss(), 0);
}

TEST_F(WithoutWaiting, EvaluationIsCounted) {
  const c10::InferenceMode inference;
  model_->eval();
  torch::Tensor class_pixels;
  {
    const WaitsAreErrors errors;
    class_pixels = count_class_pixels(model_(images_).argmax(1), class_masks_, 2);
  }
  EXPECT_EQ(class_pixels.select(1, 0).sum().item<std::int64_t>(), 2 * kSize * kSize);
}

}  // namespace
}  // namespace flexunet
