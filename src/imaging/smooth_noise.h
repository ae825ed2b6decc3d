#pragma once

#include <functional>
#include <opencv2/core/mat.hpp>
#include <utility>
#include <vector>

namespace flexunet {

/// Random numbers of mean 0 on a grid of pixels, passed through a Gaussian filter.
struct SmoothNoise {
  cv::Size size;              ///< pixels
  double sigma = 8;           ///< pixels; weights reach to 4 sigma, as SciPy's gaussian_filter
  bool zero_outside = false;  ///< no noise beyond the border, instead of its mirror image

  /// The filtered field, (H,W) CV_32FC1, of noise whose values `draw` gives in row-major order.
  /// Where sigma is large it is computed on a coarser grid, whose noise is weaker as the mean over
  /// the pixels of its cells is, and enlarged with a cubic kernel.
  cv::Mat values(const std::function<double()>& draw) const;
  /// The derivatives of that field by x and by y.
  std::pair<cv::Mat, cv::Mat> derivatives(const std::function<double()>& draw) const;
};

/// Weights of a Gaussian at -radius..radius, radius = floor(4 sigma + 0.5), whose sum is 1.
std::vector<float> gaussian_weights(double sigma);

}  // namespace flexunet
