#pragma once

#include <torch/torch.h>

#include <opencv2/core/mat.hpp>
#include <vector>

#include "flexunet/dataset/dataset.h"

namespace flexunet {

/// What one step of the network sees.
struct Batch {
  torch::Tensor images;       ///< (N,C,H,W) uint8, 0..255, channels_last
  torch::Tensor class_masks;  ///< (N,H,W) int64, class indices
};

/// Samples of one size as a batch on the CPU, on its way to `device`: for a GPU in pinned memory,
/// and with class masks as uint8, an eighth of the bytes. Uses no thread of LibTorch's.
Batch assemble_batch(const std::vector<Sample>& samples, torch::Device device);

/// Such a batch on `device`, complete; on a GPU the copies may still go on, in order with what is
/// computed from them.
Batch send_batch(const Batch& assembled, torch::Device device);

/// Images of one size and type (H,W) CV_8UC(C) as (N,C,H,W) uint8, channels_last, on the CPU; in
/// pinned memory where they are on their way to a GPU.
torch::Tensor stack_images(const std::vector<cv::Mat>& images, torch::Device device = torch::kCPU);

}  // namespace flexunet
