#include "flexunet/imaging/resize.h"

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

cv::Mat resize_class_mask(const cv::Mat& class_mask, cv::Size size) {
  if (class_mask.type() != CV_8UC1) throw std::invalid_argument("not a class mask");
  if (class_mask.size() == size) return class_mask;
  const std::vector<int> columns = nearest_sources(class_mask.cols, size.width);
  const std::vector<int> rows = nearest_sources(class_mask.rows, size.height);
  cv::Mat resized(size, CV_8UC1);
  for (int y = 0; y < size.height; ++y) {
    const auto* source = class_mask.ptr<std::uint8_t>(rows[static_cast<std::size_t>(y)]);
    auto* target = resized.ptr<std::uint8_t>(y);
    for (const int column : columns) *target++ = source[column];
  }
  return resized;
}

}  // namespace flexunet
