#include "flexunet/imaging/augmentation.h"

#include <functional>
#include <opencv2/core.hpp>
#include <stdexcept>
#include <vector>

namespace flexunet {
namespace {

// Counter-clockwise, exact.
cv::Mat rotate(const cv::Mat& picture, int angle) {
  cv::Mat rotated;
  switch (angle) {
    case 90:
      cv::rotate(picture, rotated, cv::ROTATE_90_COUNTERCLOCKWISE);
      return rotated;
    case 180:
      cv::rotate(picture, rotated, cv::ROTATE_180);
      return rotated;
    case 270:
      cv::rotate(picture, rotated, cv::ROTATE_90_CLOCKWISE);
      return rotated;
    default:
      throw std::invalid_argument("not a right angle");
  }
}

cv::Mat flip(const cv::Mat& picture, int axis) {
  cv::Mat flipped;
  cv::flip(picture, flipped, axis);
  return flipped;
}

using Variant = std::function<cv::Mat(const cv::Mat&)>;

std::vector<Variant> variants_of(const AugmentationOptions& options) {
  constexpr int kUpsideDown = 0, kLeftToRight = 1;  // cv::flip's names for them
  std::vector<Variant> variants;
  if (options.hflip) variants.push_back([](const cv::Mat& p) { return flip(p, kLeftToRight); });
  if (options.vflip) variants.push_back([](const cv::Mat& p) { return flip(p, kUpsideDown); });
  for (const int angle : options.angles) {
    variants.push_back([angle](const cv::Mat& p) { return rotate(p, angle); });
  }
  return variants;
}

}  // namespace

std::size_t variant_count(const AugmentationOptions& options) {
  return variants_of(options).size();
}

ImageAndMask augment(const ImageAndMask& source, const AugmentationOptions& options,
                     CounterRandom& random) {
  const std::vector<Variant> variants = variants_of(options);
  const std::uint64_t choice = random.below(variants.size() + 1);
  if (choice == 0) return source;
  const Variant& variant = variants[choice - 1];
  return {variant(source.image), variant(source.class_mask)};
}

}  // namespace flexunet
