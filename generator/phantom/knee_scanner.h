#pragma once

#include <array>
#include <opencv2/core/mat.hpp>

#include "flexunet/base/random.h"
#include "generator/phantom/knee_anatomy.h"

namespace flexunet {

/// What a scanner makes of one cut through a knee.
struct KneeScan {
  cv::Mat brightness;  ///< (H,W) CV_64FC1, 0..1
  cv::Mat class_mask;  ///< (H,W) CV_8UC1: 1 where the pixel's centre lies in a bone
};

/// How one examination shows a knee: brightness of each tissue, uneven coil, noise; all are drawn.
class KneeScanner {
 public:
  explicit KneeScanner(CounterRandom& random);

  /// A slice of `size` x `size` pixels; the noise is drawn from `random`. `position` is that of
  /// KneeAnatomy::cut_at: the texture of the marrow changes with it.
  KneeScan scan(const KneeAnatomy& knee, int size, CounterRandom& random,
                double position = 0.0) const;

 private:
  void set(Tissue tissue, double value) { brightness_[static_cast<std::size_t>(tissue)] = value; }
  double brightness(Tissue tissue, cv::Point2d p, double position) const;
  double mean_brightness(const KneeAnatomy& knee, cv::Point2d corner, double pixel,
                         double position) const;
  double measure(double signal, cv::Point2d p, CounterRandom& random) const;

  SmoothField marrow_texture_, marrow_stain_, coil_;
  double noise_, gain_, coil_depth_;
  std::array<double, kTissues> brightness_{};
};

}  // namespace flexunet
