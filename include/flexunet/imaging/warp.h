#pragma once

#include <opencv2/core/mat.hpp>

namespace flexunet {

/// An image (H,W) CV_8UC(C) and its mask (H,W), class indices CV_8UC1 or colours CV_8UC3.
struct ImageAndMask {
  cv::Mat image;
  cv::Mat mask;
};

/// What is seen where a field points outside the picture.
enum class WarpBorder {
  kCornerColor,  ///< the image's colour, or the mask's class, at the pixel (2,2)
  kNearestEdge,  ///< the nearest pixel of the edge
};

/// Where each pixel of a warped picture comes from: positions (H,W) CV_32FC1 in the source, whole
/// numbers being the pixels' centres.
struct WarpField {
  cv::Mat x;
  cv::Mat y;
  WarpBorder border = WarpBorder::kCornerColor;
};

/// The largest side of a picture that can be warped, in pixels; OpenCV's limit.
constexpr int kMaxWarpSide = 32766;

/// Image and mask resampled along the same field: bilinear for the image, the nearest pixel's value
/// for the mask. Throws DataError beyond kMaxWarpSide.
ImageAndMask warp(const ImageAndMask& source, const WarpField& field);

}  // namespace flexunet
