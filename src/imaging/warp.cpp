#include "flexunet/imaging/warp.h"

#include <fmt/format.h>

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "flexunet/base/error.h"

namespace flexunet {
namespace {

// The values at the pixel (2,2), or the last pixel of a smaller picture.
cv::Scalar corner_color(const cv::Mat& picture) {
  const std::uint8_t* pixel =
      picture.ptr(std::min(2, picture.rows - 1), std::min(2, picture.cols - 1));
  cv::Scalar color;
  for (int channel = 0; channel < picture.channels(); ++channel) color[channel] = pixel[channel];
  return color;
}

cv::Mat resample(const cv::Mat& picture, const WarpField& field, cv::InterpolationFlags how) {
  cv::Mat warped;
  if (field.border == WarpBorder::kNearestEdge) {
    cv::remap(picture, warped, field.x, field.y, how, cv::BORDER_REPLICATE);
  } else {
    cv::remap(picture, warped, field.x, field.y, how, cv::BORDER_CONSTANT, corner_color(picture));
  }
  return warped;
}

}  // namespace

ImageAndMask warp(const ImageAndMask& source, const WarpField& field) {
  if (std::max(source.image.rows, source.image.cols) > kMaxWarpSide) {
    throw DataError(fmt::format("a picture of {}x{} pixels cannot be warped: at most {} a side",
                                source.image.cols, source.image.rows, kMaxWarpSide));
  }
  return {resample(source.image, field, cv::INTER_LINEAR),
          resample(source.mask, field, cv::INTER_NEAREST)};
}

}  // namespace flexunet
