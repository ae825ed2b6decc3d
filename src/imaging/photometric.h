#pragma once

#include <opencv2/core/mat.hpp>

#include "flexunet/base/random.h"

namespace flexunet {

// Methods that change an image (H,W) CV_8UC(C) and leave its mask alone. Results are rounded and
// clamped to 0..255.

/// Filtered by [[-k,-k,-k],[-k,1+8k,-k],[-k,-k,-k]].
cv::Mat sharpen(const cv::Mat& image, double k);

/// alpha * value + beta.
cv::Mat brighten(const cv::Mat& image, double alpha, double beta);

/// 255 * (value / 255)^gamma, gamma above 0.
cv::Mat change_gamma(const cv::Mat& image, double gamma);

/// Normal noise of that standard deviation in gray levels, in all channels the same, so that gray
/// stays gray.
cv::Mat add_noise(const cv::Mat& image, double sigma, CounterRandom& random);

/// Gaussian blur; sigma in pixels, below 0.1 the image itself.
cv::Mat blur(const cv::Mat& image, double sigma);

}  // namespace flexunet
