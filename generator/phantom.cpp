#include "generator/phantom.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <system_error>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/imaging/rgb_map.h"
#include "generator/knee_anatomy.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

// How the scanner shows a knee: brightness of each tissue, uneven coil, noise.
class Scanner {
 public:
  explicit Scanner(CounterRandom& random)
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

  double brightness(Tissue tissue, Point p) const {
    const double value = brightness_[static_cast<std::size_t>(tissue)];
    if (tissue != Tissue::kMarrow) return value;
    return value + 0.05 * marrow_texture_.at(p) + 0.08 * marrow_stain_.at(p);
  }

  // The magnitude of a complex signal: noise in air is never negative (Rician).
  double measure(double signal, Point p, CounterRandom& random) const {
    // The coil lies around the knee, so the middle is darker.
    const double off_centre = std::hypot(p.x - 0.5, p.y - 0.5);
    const double sensitivity = gain_ * (0.85 + coil_depth_ * (off_centre + 0.6 * coil_.at(p)));
    const double real = signal * sensitivity + noise_ * random.normal();
    const double imaginary = noise_ * random.normal();
    return std::hypot(real, imaginary);
  }

 private:
  void set(Tissue tissue, double value) { brightness_[static_cast<std::size_t>(tissue)] = value; }

  SmoothField marrow_texture_, marrow_stain_, coil_;
  double noise_, gain_, coil_depth_;
  std::array<double, kTissues> brightness_{};
};

// The mean over a pixel's area: edges are as soft as a scanner's.
double mean_brightness(const KneeAnatomy& knee, const Scanner& scanner, Point corner,
                       double pixel) {
  constexpr std::array<double, 2> kOffsets{0.25, 0.75};
  double sum = 0.0;
  for (const double dy : kOffsets) {
    for (const double dx : kOffsets) {
      const Point p{corner.x + dx * pixel, corner.y + dy * pixel};
      sum += scanner.brightness(knee.tissue_at(p), p);
    }
  }
  return sum / 4.0;
}

void check(const PhantomRequest& request) {
  constexpr int kMinCount = 10, kMinSize = 16, kMaxSize = 4096;
  if (request.count < kMinCount) {
    throw ConfigError(fmt::format("--count {}: must be at least {}, or a split stays empty",
                                  request.count, kMinCount));
  }
  if (request.size < kMinSize || request.size > kMaxSize) {
    throw ConfigError(fmt::format("--size {}: must be {}..{}", request.size, kMinSize, kMaxSize));
  }
  std::error_code error;
  const bool used = fs::exists(request.out, error) && !fs::is_empty(request.out, error);
  if (used && !request.force) {
    throw OutputError(
        fmt::format("{}: exists and is not empty: name another folder, or --force to "
                    "overwrite the files that are written",
                    request.out.string()));
  }
}

}  // namespace

Phantom make_phantom(int size, std::uint64_t seed, std::uint64_t index) {
  CounterRandom random(seed, index);
  const KneeAnatomy knee(random);
  const Scanner scanner(random);
  Phantom phantom{cv::Mat(size, size, CV_8UC3), cv::Mat(size, size, CV_8UC1)};
  const double pixel = 1.0 / size;
  for (int y = 0; y < size; ++y) {
    auto* image = phantom.image.ptr<std::uint8_t>(y);
    auto* mask = phantom.class_mask.ptr<std::uint8_t>(y);
    for (int x = 0; x < size; ++x) {
      const Point corner{x * pixel, y * pixel};
      const Point centre{corner.x + pixel / 2, corner.y + pixel / 2};
      const double signal = mean_brightness(knee, scanner, corner, pixel);
      const double measured = std::min(scanner.measure(signal, centre, random), 1.0);
      std::fill_n(image + 3 * x, 3, static_cast<std::uint8_t>(std::lround(measured * 255.0)));
      mask[x] = knee.is_bone(centre) ? 1 : 0;
    }
  }
  return phantom;
}

std::vector<RgbMapEntry> phantom_rgb_map() { return {{{0, 0, 0}, 0}, {{128, 40, 40}, 1}}; }

void write_phantoms(const PhantomRequest& request) {
  check(request);
  constexpr int kFirstNumber = 10001;
  const RgbMap rgb_map(phantom_rgb_map());
  const int train_end = request.count * 7 / 10;
  const int valid_end = train_end + request.count * 2 / 10;
  for (int i = 0; i < request.count; ++i) {
    const fs::path split = request.out / (i < train_end   ? "train"
                                          : i < valid_end ? "valid"
                                                          : "test");
    const std::string name = std::to_string(kFirstNumber + i) + ".png";
    const Phantom phantom = make_phantom(request.size, request.seed, static_cast<std::uint64_t>(i));
    write_png(split / "images" / name, phantom.image);
    write_palette_png(split / "masks" / name, phantom.class_mask, rgb_map);
  }
}

}  // namespace flexunet
