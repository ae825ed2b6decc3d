#pragma once

#include <torch/torch.h>

#include <opencv2/core/mat.hpp>
#include <vector>

#include "flexunet/model/flexunet.h"

namespace flexunet {

/// Class masks (H,W) CV_8UC1 of images (H,W) CV_8UC(image_channels), each at its image's own size
/// (docs/behaviour.md, "Inference"). All images go through the network as one batch. Leaves the
/// network in evaluation mode.
std::vector<cv::Mat> predict_class_masks(FlexUNet& model, const std::vector<cv::Mat>& images,
                                         torch::Device device);

/// The same for images that have the model's size already, and masks of that size.
std::vector<cv::Mat> predict_sized_masks(FlexUNet& model, const std::vector<cv::Mat>& images,
                                         torch::Device device);

/// Class probabilities (N,num_classes,image_height,image_width) float32, on `device`, of images
/// that have the model's size already.
torch::Tensor predict_probs(FlexUNet& model, const std::vector<cv::Mat>& images,
                            torch::Device device);

}  // namespace flexunet
