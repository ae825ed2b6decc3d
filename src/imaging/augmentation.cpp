#include "flexunet/imaging/augmentation.h"

#include <cmath>
#include <opencv2/core.hpp>
#include <optional>

#include "imaging/photometric.h"
#include "imaging/warp_fields.h"

namespace flexunet {
namespace {

ImageAndMask flip(const ImageAndMask& source, FlipAxis axis) {
  if (axis == FlipAxis::kNone) return source;
  const int code = axis == FlipAxis::kHorizontal ? 1 : 0;  // cv::flip's names for them
  ImageAndMask flipped;
  cv::flip(source.image, flipped.image, code);
  cv::flip(source.mask, flipped.mask, code);
  return flipped;
}

// A rotation that moves pixels to pixels and keeps the shape, as OpenCV calls it.
std::optional<cv::RotateFlags> exact_rotation(cv::Size size, double degrees) {
  const double turn = std::fmod(std::fmod(degrees, 360.0) + 360.0, 360.0);
  if (turn == 180) return cv::ROTATE_180;
  if (size.width != size.height) return std::nullopt;
  if (turn == 90) return cv::ROTATE_90_COUNTERCLOCKWISE;
  if (turn == 270) return cv::ROTATE_90_CLOCKWISE;
  return std::nullopt;
}

ImageAndMask rotate(const ImageAndMask& source, double degrees) {
  const auto exact = exact_rotation(source.image.size(), degrees);
  if (!exact) return warp(source, rotation_field(source.image.size(), degrees));
  ImageAndMask rotated;
  cv::rotate(source.image, rotated.image, *exact);
  cv::rotate(source.mask, rotated.mask, *exact);
  return rotated;
}

// One overload a method.
class VariantMaker {
 public:
  VariantMaker(const ImageAndMask& source, CounterRandom& random)
      : source_(source), size_(source.image.size()), random_(random) {}

  ImageAndMask operator()(const Flip& f) const { return flip(source_, f.axis); }
  ImageAndMask operator()(const Rotation& r) const { return rotate(source_, r.degrees); }
  ImageAndMask operator()(const Shrinking& s) const {
    return warp(source_, shrinking_field(size_, s.ratio));
  }
  ImageAndMask operator()(const Shearing& s) const {
    return flip(warp(source_, shearing_field(size_, s.slope)), s.flip);
  }
  ImageAndMask operator()(const Deformation& d) const {
    return warp(source_, deformation_field(size_, d, random_));
  }
  ImageAndMask operator()(const Distortion& d) const {
    return warp(source_, distortion_field(size_, d, random_));
  }
  ImageAndMask operator()(const LensDistortion& l) const {
    return warp(source_, lens_field(size_, l));
  }
  ImageAndMask operator()(const Crop& c) const {
    return warp(source_, crop_field(size_, c, random_));
  }
  ImageAndMask operator()(const Elastic& e) const {
    return warp(source_, elastic_field(size_, e, random_));
  }
  ImageAndMask operator()(const Sharpening& s) const {
    return {sharpen(source_.image, s.k), source_.mask};
  }
  ImageAndMask operator()(const Brightening& b) const {
    return {brighten(source_.image, b.alpha, b.beta), source_.mask};
  }
  ImageAndMask operator()(const GammaChange& g) const {
    const double exponent = std::exp(random_.uniform(std::log(g.low), std::log(g.high)));
    return {change_gamma(source_.image, exponent), source_.mask};
  }
  ImageAndMask operator()(const Noise& n) const {
    return {add_noise(source_.image, random_.uniform(n.sigma / 3, n.sigma), random_), source_.mask};
  }
  ImageAndMask operator()(const Blur& b) const {
    return {blur(source_.image, random_.uniform(b.sigma / 3, b.sigma)), source_.mask};
  }

 private:
  const ImageAndMask& source_;
  cv::Size size_;
  CounterRandom& random_;
};

}  // namespace

ImageAndMask make_variant(const ImageAndMask& source, const Augmentation& augmentation,
                          CounterRandom& random) {
  return std::visit(VariantMaker(source, random), augmentation);
}

ImageAndMask augment(const ImageAndMask& source, const AugmentationOptions& options,
                     CounterRandom& random) {
  const std::uint64_t choice = random.below(options.variants.size() + 1);
  if (choice == 0) return source;
  return make_variant(source, options.variants[choice - 1], random);
}

}  // namespace flexunet
