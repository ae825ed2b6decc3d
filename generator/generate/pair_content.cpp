#include "generator/generate/pair_content.h"

#include <cstddef>
#include <cstdint>
#include <opencv2/core.hpp>
#include <unordered_set>

namespace flexunet {
namespace {

// The colours of a picture (H,W) CV_8UC3; above `limit` no more are counted.
std::size_t count_colors_up_to(const cv::Mat& rgb, std::size_t limit) {
  std::unordered_set<std::uint32_t> seen;
  for (int y = 0; y < rgb.rows; ++y) {
    const auto* row = rgb.ptr<cv::Vec3b>(y);
    for (int x = 0; x < rgb.cols; ++x) {
      seen.insert(std::uint32_t{row[x][0]} << 16U | std::uint32_t{row[x][1]} << 8U | row[x][2]);
      if (seen.size() > limit) return seen.size();
    }
  }
  return seen.size();
}

}  // namespace

bool looks_swapped(const ImageAndMask& pictures) {
  constexpr std::size_t kManyColors = 64, kTimes = 4;
  const std::size_t mask_colors = count_colors_up_to(pictures.mask, 1U << 16U);
  if (mask_colors <= kManyColors) return false;
  const std::size_t few = mask_colors / kTimes;
  return count_colors_up_to(pictures.image, few) <= few;
}

}  // namespace flexunet
