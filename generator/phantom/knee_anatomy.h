#pragma once

#include <array>
#include <cstddef>
#include <opencv2/core/types.hpp>

#include "flexunet/base/random.h"

namespace flexunet {

/// Smooth random field over the unit square (value noise), values in -1..1.
class SmoothField {
 public:
  /// `cells` lattice cells along each side, at most kMaxCells.
  SmoothField(CounterRandom& random, int cells);
  double at(cv::Point2d p) const;
  static constexpr int kMaxCells = 40;

 private:
  int cells_;
  std::array<double, (kMaxCells + 1) * (kMaxCells + 1)> values_;
};

enum class Tissue { kAir, kSkin, kFat, kMuscle, kFluid, kCartilage, kFibrous, kCortex, kMarrow };
constexpr std::size_t kTissues = 9;

/// One synthetic knee, cut from front to back: femur, tibia and patella with their cartilage,
/// menisci, tendons, fat pads, muscle and skin; size, pose and shape are drawn. Points of the
/// slice: x grows to the back of the leg, y downwards, both 0..1 over the picture.
class KneeAnatomy {
 public:
  explicit KneeAnatomy(CounterRandom& random);

  /// The same knee cut beside its middle, which is at 0: -1 and 1 are the sides of the bones, where
  /// all are smaller. Changes smoothly with the position.
  KneeAnatomy cut_at(double position) const;

  /// What lies at a point.
  Tissue tissue_at(cv::Point2d p) const;
  /// Whether the point belongs to a bone, cortex included.
  bool is_bone(cv::Point2d p) const;

 private:
  // Lengths in the knee's own frame, where the joint lies at about (0.5, 0.58).
  struct Distances {
    double femur, tibia, patella;
  };
  cv::Point2d to_knee_frame(cv::Point2d p) const;
  cv::Point2d to_tibia_frame(cv::Point2d p) const;
  Distances bone_distances(cv::Point2d p) const;
  double skin_depth(cv::Point2d p) const;
  Tissue soft_tissue_at(cv::Point2d p, const Distances& bones) const;

  double scale_, cosine_, sine_, shift_x_, shift_y_;
  double flexion_cosine_, flexion_sine_;
  double femur_width_, condyle_, shaft_tilt_, tibia_width_, plateau_slope_;
  double patella_x_, patella_y_, patella_width_, patella_length_, patella_cosine_, patella_sine_;
  double gap_, cortex_, cartilage_, fat_thickness_, leg_front_, leg_back_;
  SmoothField outline_, muscle_streaks_;
};

}  // namespace flexunet
