#include "generator/phantom/knee_scanner.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace flexunet {

KneeScanner::KneeScanner(CounterRandom& random)
    : marrow_texture_(random, 30),
      marrow_stain_(random, 7),
      coil_(random, 2),
      noise_(random.uniform(0.035, 0.060)),
      gain_(random.uniform(0.85, 1.10)),
      coil_depth_(random.uniform(0.15, 0.30)) {
  const double fat = random.uniform(0.62, 0.78);
  const double muscle = random.uniform(0.30, 0.48);
  set(Tissue::kAir, 0.0);
  set(Tissue::kSkin, random.uniform(0.35, 0.50));
  set(Tissue::kFat, fat);
  set(Tissue::kMuscle, muscle);
  set(Tissue::kFluid, random.uniform(0.30, 0.55));
  set(Tissue::kCartilage, random.uniform(0.48, 0.62));
  set(Tissue::kFibrous, random.uniform(0.08, 0.16));
  set(Tissue::kCortex, random.uniform(0.06, 0.14));
  // Marrow holds fat: anything between muscle and fat.
  set(Tissue::kMarrow, muscle + random.uniform(0.15, 0.85) * (fat - muscle));
}

double KneeScanner::brightness(Tissue tissue, cv::Point2d p, double position) const {
  const double value = brightness_[static_cast<std::size_t>(tissue)];
  if (tissue != Tissue::kMarrow) return value;
  // Neighbouring slices cut the same grain at a slant.
  const cv::Point2d grain{p.x + 0.05 * position, p.y + 0.03 * position};
  return value + 0.05 * marrow_texture_.at(grain) + 0.08 * marrow_stain_.at(grain);
}

// The mean over a pixel's area: edges are as soft as a scanner's.
double KneeScanner::mean_brightness(const KneeAnatomy& knee, cv::Point2d corner, double pixel,
                                    double position) const {
  constexpr std::array<double, 2> kOffsets{0.25, 0.75};
  double sum = 0.0;
  for (const double dy : kOffsets) {
    for (const double dx : kOffsets) {
      const cv::Point2d p{corner.x + dx * pixel, corner.y + dy * pixel};
      sum += brightness(knee.tissue_at(p), p, position);
    }
  }
  return sum / 4.0;
}

// The magnitude of a complex signal: noise in air is never negative (Rician).
double KneeScanner::measure(double signal, cv::Point2d p, CounterRandom& random) const {
  // The coil lies around the knee, so the middle is darker.
  const double off_centre = std::hypot(p.x - 0.5, p.y - 0.5);
  const double sensitivity = gain_ * (0.85 + coil_depth_ * (off_centre + 0.6 * coil_.at(p)));
  const double real = signal * sensitivity + noise_ * random.normal();
  const double imaginary = noise_ * random.normal();
  return std::hypot(real, imaginary);
}

KneeScan KneeScanner::scan(const KneeAnatomy& knee, int size, CounterRandom& random,
                           double position) const {
  KneeScan scan{cv::Mat(size, size, CV_64FC1), cv::Mat(size, size, CV_8UC1)};
  const double pixel = 1.0 / size;
  for (int y = 0; y < size; ++y) {
    auto* brightness = scan.brightness.ptr<double>(y);
    auto* mask = scan.class_mask.ptr<std::uint8_t>(y);
    for (int x = 0; x < size; ++x) {
      const cv::Point2d corner{x * pixel, y * pixel};
      const cv::Point2d centre{corner.x + pixel / 2, corner.y + pixel / 2};
      const double signal = mean_brightness(knee, corner, pixel, position);
      brightness[x] = std::min(measure(signal, centre, random), 1.0);
      mask[x] = knee.is_bone(centre) ? 1 : 0;
    }
  }
  return scan;
}

}  // namespace flexunet
