#include "generator/phantom/knee_anatomy.h"

#include <algorithm>
#include <cmath>

namespace flexunet {
namespace {

constexpr double kPi = 3.141592653589793;
const cv::Point2d kJoint{0.53, 0.465};  // the knee bends about the middle of the condyle

double radians(double degrees) { return degrees * kPi / 180.0; }

double circle(cv::Point2d p, cv::Point2d centre, double radius) {
  return std::hypot(p.x - centre.x, p.y - centre.y) - radius;
}

// Near the outline as long as the two radii differ by little.
double ellipse(cv::Point2d p, cv::Point2d centre, cv::Point2d radii) {
  const double length = std::hypot((p.x - centre.x) / radii.x, (p.y - centre.y) / radii.y);
  return (length - 1.0) * std::min(radii.x, radii.y);
}

struct RoundEnd {
  cv::Point2d centre;
  double radius;
};

// A rod between two round ends.
double capsule(cv::Point2d p, RoundEnd a, RoundEnd b) {
  const double dx = b.centre.x - a.centre.x, dy = b.centre.y - a.centre.y;
  const double along = ((p.x - a.centre.x) * dx + (p.y - a.centre.y) * dy) / (dx * dx + dy * dy);
  const double t = std::clamp(along, 0.0, 1.0);
  const cv::Point2d nearest{a.centre.x + t * dx, a.centre.y + t * dy};
  return circle(p, nearest, a.radius + t * (b.radius - a.radius));
}

// Union of two shapes whose seam is rounded over a width of `softness`.
double joined(double a, double b, double softness) {
  const double h = std::max(softness - std::abs(a - b), 0.0) / softness;
  return std::min(a, b) - h * h * softness / 4.0;
}

double bump(double x, double centre, double width) {
  const double t = (x - centre) / width;
  return std::exp(-t * t);
}

}  // namespace

SmoothField::SmoothField(CounterRandom& random, int cells)
    : cells_(std::clamp(cells, 1, kMaxCells)), values_{} {
  for (int i = 0; i < (cells_ + 1) * (cells_ + 1); ++i) {
    values_[static_cast<std::size_t>(i)] = random.uniform(-1.0, 1.0);
  }
}

double SmoothField::at(cv::Point2d p) const {
  const double x = std::clamp(p.x, 0.0, 1.0) * cells_, y = std::clamp(p.y, 0.0, 1.0) * cells_;
  const int column = std::min(static_cast<int>(x), cells_ - 1);
  const int row = std::min(static_cast<int>(y), cells_ - 1);
  const auto ease = [](double t) { return t * t * (3.0 - 2.0 * t); };
  const double fx = ease(x - column), fy = ease(y - row);
  const auto value = [&](int dx, int dy) {
    return values_[static_cast<std::size_t>((row + dy) * (cells_ + 1) + column + dx)];
  };
  const double upper = value(0, 0) + fx * (value(1, 0) - value(0, 0));
  const double lower = value(0, 1) + fx * (value(1, 1) - value(0, 1));
  return upper + fy * (lower - upper);
}

KneeAnatomy::KneeAnatomy(CounterRandom& random)
    : scale_(random.uniform(0.88, 1.12)),
      shift_x_(random.uniform(-0.05, 0.05)),
      shift_y_(random.uniform(-0.05, 0.05)),
      femur_width_(random.uniform(0.080, 0.105)),
      condyle_(random.uniform(0.9, 1.1)),
      shaft_tilt_(random.uniform(-0.05, 0.05)),
      tibia_width_(random.uniform(0.95, 1.18)),
      plateau_slope_(random.uniform(-0.02, 0.08)),
      patella_x_(random.uniform(-0.008, 0.008)),
      patella_y_(random.uniform(0.33, 0.42)),
      patella_width_(random.uniform(0.042, 0.056)),
      patella_length_(random.uniform(0.078, 0.098)),
      gap_(random.uniform(0.020, 0.034)),
      cortex_(random.uniform(0.008, 0.014)),
      cartilage_(random.uniform(0.012, 0.018)),
      fat_thickness_(random.uniform(0.025, 0.065)),
      leg_front_(random.uniform(0.15, 0.19)),
      leg_back_(random.uniform(0.82, 0.92)),
      outline_(random, 6),
      muscle_streaks_(random, 24) {
  const double tilt = radians(random.uniform(-10.0, 10.0));
  cosine_ = std::cos(tilt);
  sine_ = std::sin(tilt);
  const double flexion = radians(random.uniform(-3.0, 15.0));
  flexion_cosine_ = std::cos(flexion);
  flexion_sine_ = std::sin(flexion);
  const double patella_tilt = radians(random.uniform(-12.0, 12.0));
  patella_cosine_ = std::cos(patella_tilt);
  patella_sine_ = std::sin(patella_tilt);
}

KneeAnatomy KneeAnatomy::cut_at(double position) const {
  const double off_middle = position * position;
  KneeAnatomy cut = *this;
  // The condyles bulge between the middle and the sides, one side more than the other.
  cut.condyle_ *= 1.0 + 0.05 * std::sin(kPi * off_middle) - 0.10 * off_middle + 0.02 * position;
  cut.femur_width_ *= 1.0 - 0.22 * off_middle;
  cut.tibia_width_ *= 1.0 - 0.12 * off_middle - 0.02 * position;
  cut.patella_width_ *= 1.0 - 0.30 * off_middle;
  cut.patella_length_ *= 1.0 - 0.35 * off_middle;
  cut.plateau_slope_ += 0.02 * position;
  cut.shift_x_ += 0.012 * position;
  cut.leg_front_ += 0.03 * off_middle;
  cut.leg_back_ -= 0.03 * off_middle;
  return cut;
}

cv::Point2d KneeAnatomy::to_knee_frame(cv::Point2d p) const {
  const double x = (p.x - 0.5 - shift_x_) / scale_, y = (p.y - 0.5 - shift_y_) / scale_;
  return {0.5 + cosine_ * x + sine_ * y, 0.5 - sine_ * x + cosine_ * y};
}

// A bent knee carries its tibia to the back.
cv::Point2d KneeAnatomy::to_tibia_frame(cv::Point2d p) const {
  const double x = p.x - kJoint.x, y = p.y - kJoint.y;
  return {kJoint.x + flexion_cosine_ * x - flexion_sine_ * y,
          kJoint.y + flexion_sine_ * x + flexion_cosine_ * y};
}

KneeAnatomy::Distances KneeAnatomy::bone_distances(cv::Point2d p) const {
  // Bones are never quite round.
  const double unevenness = 0.006 * outline_.at(p);
  const double femur_shaft =
      capsule(p, {{0.50 + shaft_tilt_, -0.5}, femur_width_}, {{0.49, 0.32}, femur_width_ + 0.012});
  const double condyle = joined(ellipse(p, {0.485, 0.455}, {0.145 * condyle_, 0.120 * condyle_}),
                                circle(p, {0.575, 0.475}, 0.098 * condyle_), 0.05);
  const double femur = joined(femur_shaft, condyle, 0.09) + unevenness;

  const cv::Point2d t = to_tibia_frame(p);
  // A bent knee rests on the rear of the condyle, which reaches lower.
  const double top = 0.455 + 0.120 * condyle_ + gap_ + 0.06 * std::max(flexion_sine_, 0.0);
  const double plateau_y = top + 0.05 + plateau_slope_ * (t.x - 0.51);
  const double plateau = capsule(t, {{0.51 - 0.095 * tibia_width_, plateau_y}, 0.05},
                                 {{0.51 + 0.115 * tibia_width_, plateau_y}, 0.048});
  const double tibia_shaft =
      capsule(t, {{0.50, top + 0.13}, 0.105 * tibia_width_}, {{0.52, 1.6}, 0.070 * tibia_width_});
  const double tuberosity = circle(t, {0.50 - 0.105 * tibia_width_, top + 0.16}, 0.028);
  const double tibia = joined(joined(plateau, tibia_shaft, 0.07), tuberosity, 0.04) - unevenness;

  const double patella_centre_x =
      0.34 - 0.145 * (condyle_ - 1.0) - patella_width_ - gap_ + patella_x_;
  const double dx = p.x - patella_centre_x, dy = p.y - patella_y_;
  const cv::Point2d turned{patella_cosine_ * dx + patella_sine_ * dy,
                           -patella_sine_ * dx + patella_cosine_ * dy};
  const double patella = ellipse(turned, {}, {patella_width_, patella_length_}) + unevenness / 2;
  return {femur, tibia, patella};
}

double KneeAnatomy::skin_depth(cv::Point2d p) const {
  // The skin follows the bent tibia without a kink.
  constexpr double kSoftness = 0.15;
  const double below = p.y - kJoint.y;
  const double bend = flexion_sine_ * (below + std::hypot(below, kSoftness)) / 2.0;
  const cv::Point2d t{p.x - bend, p.y};
  const double kneecap = 0.035 * bump(t.y, patella_y_, 0.16);
  const double front = leg_front_ - kneecap + 0.05 * bump(t.y, 1.05, 0.3) + 0.02 * outline_.at(p);
  const double back = leg_back_ - 0.07 * bump(t.y, 0.55, 0.15) + 0.02 * outline_.at({p.y, p.x});
  return std::min(t.x - front, back - t.x);
}

bool KneeAnatomy::is_bone(cv::Point2d p) const {
  const Distances bones = bone_distances(to_knee_frame(p));
  return std::min({bones.femur, bones.tibia, bones.patella}) < 0.0;
}

Tissue KneeAnatomy::tissue_at(cv::Point2d picture_point) const {
  const cv::Point2d p = to_knee_frame(picture_point);
  const Distances bones = bone_distances(p);
  const double bone = std::min({bones.femur, bones.tibia, bones.patella});
  if (bone < -cortex_) return Tissue::kMarrow;
  if (bone < 0.0) return Tissue::kCortex;
  const bool above_tibia =
      bones.tibia < cartilage_ && to_tibia_frame(p).y < 0.455 + 0.12 * condyle_ + gap_ + 0.02;
  const bool on_condyle = bones.femur < cartilage_ && p.y > 0.36;
  const bool behind_patella = bones.patella < cartilage_ && bones.femur < 0.05;
  if (above_tibia || on_condyle || behind_patella) return Tissue::kCartilage;
  return soft_tissue_at(p, bones);
}

Tissue KneeAnatomy::soft_tissue_at(cv::Point2d p, const Distances& bones) const {
  constexpr double kSkinThickness = 0.010;
  const cv::Point2d t = to_tibia_frame(p);
  const double depth = skin_depth(p);
  if (depth < 0.0) return Tissue::kAir;
  if (depth < kSkinThickness) return Tissue::kSkin;

  const double pole_x = 0.31 - patella_width_;
  const double quadriceps =
      capsule(p, {{pole_x + 0.01, patella_y_ - patella_length_}, 0.014}, {{0.33, -0.4}, 0.022});
  const double patellar =
      capsule(p, {{pole_x, patella_y_ + patella_length_}, 0.013}, {{0.36, 0.79}, 0.012});
  const double cruciate = capsule(t, {{0.56, 0.55}, 0.016}, {{0.645, 0.66}, 0.016});
  if (std::min({quadriceps, patellar, cruciate}) < 0.0) return Tissue::kFibrous;
  // The menisci are wedges that fill the gap away from where the bones touch.
  const bool wedge = bones.femur + bones.tibia < 0.075 && std::abs(t.x - 0.5) > 0.06;
  if (wedge) return Tissue::kFibrous;
  if (bones.femur < 0.03 && bones.tibia < 0.03) return Tissue::kFluid;
  if (bones.femur < 0.018 && p.y > 0.18 && p.y < 0.4 && p.x < 0.5) return Tissue::kFluid;

  if (depth < fat_thickness_) return Tissue::kFat;
  const double below_patella = ellipse(t, {0.335, 0.57}, {0.075, 0.13});
  const double above_patella = ellipse(p, {0.36, 0.24}, {0.035, 0.08});
  const double hollow = ellipse(t, {0.72, 0.50}, {0.085, 0.17});
  if (std::min({below_patella, above_patella, hollow}) <
      0.02 * outline_.at(p) + 0.012 * muscle_streaks_.at(p))
    return Tissue::kFat;
  // Streaks of fat run along the muscles.
  if (muscle_streaks_.at({p.x, 0.25 * p.y}) > 0.62) return Tissue::kFat;
  return Tissue::kMuscle;
}

}  // namespace flexunet
