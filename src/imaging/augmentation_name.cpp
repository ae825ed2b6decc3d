#include <fmt/format.h>

#include "flexunet/imaging/augmentation.h"

namespace flexunet {
namespace {

std::string flip_prefix(FlipAxis axis) {
  switch (axis) {
    case FlipAxis::kNone:
      return "";
    case FlipAxis::kHorizontal:
      return "hflipped_";
    case FlipAxis::kVertical:
      return "vflipped_";
  }
  return "";
}

// One overload a method.
struct Namer {
  AugmentationName operator()(const Flip& f) const {
    return {f.axis == FlipAxis::kVertical ? "vflip" : "hflip", "", flip_prefix(f.axis)};
  }
  AugmentationName operator()(const Rotation& r) const {
    return {"rotation", fmt::format("angle={:g}", r.degrees),
            fmt::format("rotated_{:g}_", r.degrees)};
  }
  AugmentationName operator()(const Shrinking& s) const {
    return {"shrink", fmt::format("ratio={:g}", s.ratio), fmt::format("shrinked_{:g}_", s.ratio)};
  }
  AugmentationName operator()(const Shearing& s) const {
    const char* flip = s.flip == FlipAxis::kNone         ? ""
                       : s.flip == FlipAxis::kHorizontal ? " flip=horizontal"
                                                         : " flip=vertical";
    return {"shear", fmt::format("shear={:g}{}", s.slope, flip),
            fmt::format("{}sheared_{:g}_", flip_prefix(s.flip), s.slope)};
  }
  AugmentationName operator()(const Deformation& d) const {
    return {"deformation", fmt::format("alpha={:g} sigmoid={:g}", d.alpha, d.sigma),
            fmt::format("deformed_alpha_{:g}_sigmoid_{:g}_", d.alpha, d.sigma)};
  }
  AugmentationName operator()(const Distortion& d) const {
    // The original calls the unused one rsigma here, and the filter's sigma.
    return {"distortion", fmt::format("size={:g} rsigma={:g}", d.size, d.sigma),
            fmt::format("distorted_{:g}_rsigma{:g}_sigma{:g}_", d.size, d.unused_sigma, d.sigma)};
  }
  AugmentationName operator()(const LensDistortion& l) const {
    return {l.pincushion ? "pincdistortion" : "barrdistortion",
            fmt::format("radius={:g} amount={:g} center=({:g},{:g})", l.radius, l.amount,
                        l.center[0], l.center[1]),
            fmt::format("{}_{}_{:g}_{:g}_", l.pincushion ? "pincdistorted" : "barrdistorted",
                        l.number, l.radius, l.amount)};
  }
  AugmentationName operator()(const Sharpening& s) const {
    return {"sharpening", fmt::format("k={:g}", s.k), fmt::format("sharpened_{:g}_", s.k)};
  }
  AugmentationName operator()(const Brightening& b) const {
    return {"brightening", fmt::format("alpha={:g} beta={:g}", b.alpha, b.beta),
            fmt::format("brightened_{:g}_{:g}_", b.alpha, b.beta)};
  }
  AugmentationName operator()(const GammaChange& g) const {
    return {"gamma", fmt::format("range={:g}..{:g}", g.low, g.high), "gamma_"};
  }
  AugmentationName operator()(const Noise& n) const {
    return {"noise", fmt::format("sigma={:.3g}..{:g}", n.sigma / 3, n.sigma), "noise_"};
  }
  AugmentationName operator()(const Blur& b) const {
    return {"blur", fmt::format("sigma={:.3g}..{:g}", b.sigma / 3, b.sigma), "blurred_"};
  }
  AugmentationName operator()(const Crop& c) const {
    return {"crop", fmt::format("scale={:g}..1", c.scale), "cropped_"};
  }
  AugmentationName operator()(const Elastic& e) const {
    return {"elastic",
            fmt::format("rotation={:g} scale={:g}..{:g} shift={:g} displacement={:g} sigma={:g}",
                        e.rotation, e.low_scale, e.high_scale, e.shift, e.displacement, e.sigma),
            "elastic_"};
  }
};

}  // namespace

AugmentationName name_of(const Augmentation& augmentation) {
  return std::visit(Namer(), augmentation);
}

}  // namespace flexunet
