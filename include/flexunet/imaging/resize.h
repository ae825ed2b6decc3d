#pragma once

#include <opencv2/core/mat.hpp>
#include <opencv2/core/types.hpp>

namespace flexunet {

/// Bilinear resize of an image, as OpenCV's; the image itself when the size is right.
cv::Mat resize_image(const cv::Mat& image, cv::Size size);

/// Nearest neighbour at pixel centres, source = floor((2x+1)*src / (2*dst)) in integers
/// (docs/behaviour.md, "Images and masks"), for class masks (H,W) CV_8UC1 and the colours of masks
/// (H,W) CV_8UC3.
cv::Mat resize_mask(const cv::Mat& mask, cv::Size size);

}  // namespace flexunet
