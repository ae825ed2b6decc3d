#pragma once

#include <torch/torch.h>

#include <cstddef>
#include <opencv2/core/mat.hpp>
#include <vector>

#include "flexunet/dataset/dataset.h"

namespace flexunet {

/// What one step of the network sees.
struct Batch {
  torch::Tensor images;       ///< (N,C,H,W) uint8, 0..255, channels_last
  torch::Tensor class_masks;  ///< (N,H,W) int64, class indices
};

/// The samples order[first] .. order[first + count - 1], on `device`.
Batch make_batch(const Dataset& dataset, const std::vector<std::size_t>& order, std::size_t first,
                 std::size_t count, torch::Device device);

/// Samples of one size as a batch on `device`.
Batch make_batch(const std::vector<Sample>& samples, torch::Device device);

/// Images of one size and type (H,W) CV_8UC(C) as (N,C,H,W) uint8, channels_last, on the CPU.
torch::Tensor stack_images(const std::vector<cv::Mat>& images);

}  // namespace flexunet
