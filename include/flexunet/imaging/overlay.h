#pragma once

#include <opencv2/core/mat.hpp>
#include <optional>

#include "flexunet/imaging/rgb_map.h"

namespace flexunet {

/// What people are shown of an image (H,W) CV_8UC(C), as (H,W) CV_8UC3: one channel (below C) as
/// gray, or without a channel the image itself, not copied, which must then have three.
cv::Mat shown_picture(const cv::Mat& image, std::optional<int> channel);

/// Blends the colours of a class mask (H,W) CV_8UC1 half and half into a picture (H,W) CV_8UC3,
/// whose background (class 0) is left as it is. Works in place: large pictures bear no copies.
void overlay_classes(cv::Mat& rgb, const cv::Mat& class_mask, const RgbMap& rgb_map);

}  // namespace flexunet
