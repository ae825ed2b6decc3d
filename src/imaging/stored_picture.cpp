#include "imaging/stored_picture.h"

#include <cstddef>
#include <cstring>
#include <opencv2/core.hpp>
#include <vector>

namespace flexunet {
namespace {

// Whether bytes of the pixels, from `first` up to `end` of each, are not all the same.
bool differs(const cv::Mat& pixels, std::size_t first, std::size_t end) {
  const std::size_t pixel_size = pixels.elemSize();
  for (int y = 0; y < pixels.rows; ++y) {
    const auto* pixel = pixels.ptr(y);
    for (int x = 0; x < pixels.cols; ++x, pixel += pixel_size) {
      if (std::memcmp(pixel + first, pixels.data + first, end - first) != 0) return true;
    }
  }
  return false;
}

cv::Mat without_last_channel(const cv::Mat& pixels) {
  const int channels = pixels.channels() - 1;
  cv::Mat colors(pixels.size(), CV_MAKETYPE(pixels.depth(), channels));
  std::vector<int> same;
  for (int i = 0; i < channels; ++i) same.insert(same.end(), {i, i});
  cv::mixChannels(pixels, colors, same);
  return colors;
}

cv::Mat upright(const cv::Mat& pixels, int orientation) {
  constexpr int kUpsideDown = 0, kLeftToRight = 1, kBoth = -1;
  cv::Mat turned;
  switch (orientation) {
    case 2:
      cv::flip(pixels, turned, kLeftToRight);
      return turned;
    case 3:
      cv::flip(pixels, turned, kBoth);
      return turned;
    case 4:
      cv::flip(pixels, turned, kUpsideDown);
      return turned;
    case 5:
      cv::transpose(pixels, turned);
      return turned;
    case 6:
      cv::rotate(pixels, turned, cv::ROTATE_90_CLOCKWISE);
      return turned;
    case 7:
      cv::transpose(pixels, turned);
      cv::flip(turned, turned, kBoth);
      return turned;
    case 8:
      cv::rotate(pixels, turned, cv::ROTATE_90_COUNTERCLOCKWISE);
      return turned;
    default:
      return pixels;
  }
}

}  // namespace

void settle(StoredPicture& picture) {
  if (picture.pixels.channels() % 2 == 0) {
    const std::size_t last = picture.pixels.elemSize() - picture.pixels.elemSize1();
    const bool is_one_color = !differs(picture.pixels, 0, last);
    if ((is_one_color || !picture.is_last_alpha) &&
        differs(picture.pixels, last, picture.pixels.elemSize())) {
      picture.remarks.shape_in_alpha = is_one_color;
      if (!picture.is_last_alpha) picture.remarks.has_other_channels = true;
    }
    picture.pixels = without_last_channel(picture.pixels);
  }
  picture.pixels = upright(picture.pixels, picture.orientation);
}

}  // namespace flexunet
