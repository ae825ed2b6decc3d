#include "flexunet/imaging/resize.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>
#include <vector>

namespace flexunet {
namespace {

std::vector<int> nearest_sources(int source, int target) {
  std::vector<int> sources(static_cast<std::size_t>(target));
  std::int64_t x = 0;
  for (int& entry : sources) {
    entry = static_cast<int>((2 * x + 1) * source / (2 * std::int64_t{target}));
    ++x;
  }
  return sources;
}

}  // namespace

cv::Mat resize_image(const cv::Mat& image, cv::Size size) {
  if (image.size() == size) return image;
  cv::Mat resized;
  cv::resize(image, resized, size, 0, 0, cv::INTER_LINEAR);
  return resized;
}

cv::Mat resize_mask(const cv::Mat& mask, cv::Size size) {
  if (mask.depth() != CV_8U) throw std::invalid_argument("not a mask");
  if (mask.size() == size) return mask;
  const std::vector<int> columns = nearest_sources(mask.cols, size.width);
  const std::vector<int> rows = nearest_sources(mask.rows, size.height);
  const std::size_t pixel = mask.elemSize();
  cv::Mat resized(size, mask.type());
  for (int y = 0; y < size.height; ++y) {
    const auto* source = mask.ptr<std::uint8_t>(rows[static_cast<std::size_t>(y)]);
    auto* target = resized.ptr<std::uint8_t>(y);
    for (const int column : columns) {
      target = std::copy_n(source + static_cast<std::size_t>(column) * pixel, pixel, target);
    }
  }
  return resized;
}

}  // namespace flexunet
