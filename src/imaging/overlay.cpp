#include "flexunet/imaging/overlay.h"

#include <opencv2/core.hpp>
#include <stdexcept>
#include <vector>

namespace flexunet {

cv::Mat shown_picture(const cv::Mat& image, std::optional<int> channel) {
  if (!channel) {
    if (image.type() != CV_8UC3) throw std::invalid_argument("not an RGB picture");
    return image;
  }
  if (image.depth() != CV_8U || *channel < 0 || *channel >= image.channels()) {
    throw std::invalid_argument("the image has no such channel");
  }
  cv::Mat gray(image.size(), CV_8UC3);
  cv::mixChannels(image, gray, std::vector<int>{*channel, 0, *channel, 1, *channel, 2});
  return gray;
}

void overlay_classes(cv::Mat& rgb, const cv::Mat& class_mask, const RgbMap& rgb_map) {
  if (rgb.type() != CV_8UC3 || class_mask.type() != CV_8UC1 || rgb.size() != class_mask.size()) {
    throw std::invalid_argument("image and class mask do not fit");
  }
  cv::Mat blended;
  for (int y = 0; y < rgb.rows; ++y) {
    cv::Mat row = rgb.row(y);
    cv::addWeighted(row, 0.5, rgb_map.encode(class_mask.row(y)), 0.5, 0.0, blended);
    blended.copyTo(row, class_mask.row(y) != 0);
  }
}

}  // namespace flexunet
