#pragma once

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "flexunet/model/device.h"

namespace flexunet {

inline const torch::Device kGpu(torch::kCUDA, 0);

/// Tests that skip without a GPU, and compute in full float32 on it so that it can be compared with
/// the CPU.
class OnGpu : public testing::Test {
 protected:
  void SetUp() override {
    if (!torch::cuda::is_available()) GTEST_SKIP() << "this machine has no CUDA device";
    set_up_device(kGpu);
    allow_tf32(false);
  }
};

}  // namespace flexunet
