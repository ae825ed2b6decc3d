#include <fmt/format.h>

#include <cmath>
#include <string_view>
#include <tuple>
#include <utility>

#include "config/convert.h"

namespace flexunet {
namespace {

// Reads one method after the other and keeps their variants in the order of the original's list.
class VariantReader {
 public:
  explicit VariantReader(Settings& settings) : settings_(settings) {}

  std::vector<Augmentation> read() {
    if (is_on("hflip")) add(Flip{FlipAxis::kHorizontal});
    if (is_on("vflip")) add(Flip{FlipAxis::kVertical});
    if (is_on("rotation")) {
      for (const double degrees : numbers("augmentor", "angles")) add(Rotation{degrees});
    }
    for (const double ratio : numbers("augmentor", "shrinks")) add(Shrinking{ratio});
    for (const double slope : numbers("augmentor", "shears")) {
      for (const FlipAxis flip : {FlipAxis::kNone, FlipAxis::kHorizontal, FlipAxis::kVertical}) {
        add(Shearing{slope, flip});
      }
    }
    if (is_on("deformation")) add_deformations();
    if (is_on("distortion")) add_distortions();
    if (is_on("barrdistortion")) add_lenses("barrdistortion", false);
    if (is_on("pincdistortion")) add_lenses("pincdistortion", true);
    add_photometric();
    if (is_on("crop")) add(Crop{number("crop", "scale")});
    if (is_on("elastic")) add_elastic();
    return std::move(variants_);
  }

 private:
  void add(Augmentation augmentation) { variants_.push_back(augmentation); }
  bool is_on(std::string_view method) const { return settings_.flag("augmentor", method); }
  double number(std::string_view section, std::string_view key) const {
    return settings_.number(section, key);
  }
  std::vector<double> numbers(std::string_view section, std::string_view key) const {
    std::vector<double> values;
    for (const Value& item : settings_.value(section, key).items) values.push_back(item.number());
    return values;
  }

  // The first before the second, neither of them missing.
  std::pair<double, double> read_range(std::string_view section, std::string_view key) {
    const std::vector<double> values = numbers(section, key);
    if (values.size() != 2) return {1, 1};
    if (values[0] > values[1]) {
      settings_.reject(section, key, "must have the lower number first, such as (0.7, 1.5)");
    }
    return {values[0], values[1]};
  }

  // The original reads "alpah" alone.
  double read_alpha() {
    if (!settings_.is_given("deformation", "alpha")) return number("deformation", "alpah");
    if (settings_.is_given("deformation", "alpah") &&
        number("deformation", "alpah") != number("deformation", "alpha")) {
      settings_.reject("deformation", "alpha",
                       "alpah, its spelling in the original, has another value: keep one of them");
    }
    return number("deformation", "alpha");
  }

  void add_deformations() {
    const double alpha = read_alpha();
    const bool single = settings_.is_given("deformation", "sigmoid") &&
                        !settings_.is_given("deformation", "sigmoids");
    const std::vector<double> sigmas =
        single ? std::vector{number("deformation", "sigmoid")} : numbers("deformation", "sigmoids");
    for (const double sigma : sigmas) add(Deformation{alpha, sigma});
  }

  void add_distortions() {
    for (const double size : numbers("distortion", "distortions")) {
      add(Distortion{size, number("distortion", "gaussian_filter_rsigma"),
                     number("distortion", "gaussian_filter_sigma")});
    }
  }

  void add_lenses(std::string_view section, bool pincushion) {
    int centre = 1001;
    for (const Value& point : settings_.value(section, "centers").items) {
      add(LensDistortion{pincushion,
                         number(section, "radius"),
                         number(section, "amount"),
                         {point.items[0].number(), point.items[1].number()},
                         centre++});
    }
  }

  void add_photometric() {
    if (is_on("sharpening")) add(Sharpening{number("sharpening", "k")});
    if (is_on("brightening")) {
      add(Brightening{number("brightening", "alpha"), number("brightening", "beta")});
    }
    if (is_on("gamma")) {
      const auto [low, high] = read_range("gamma", "range");
      add(GammaChange{low, high});
    }
    if (is_on("noise")) add(Noise{number("noise", "sigma")});
    if (is_on("blur")) add(Blur{number("blur", "sigma")});
  }

  void add_elastic() {
    Elastic elastic;
    elastic.rotation = number("elastic", "rotation");
    std::tie(elastic.low_scale, elastic.high_scale) = read_range("elastic", "scale");
    elastic.shift = number("elastic", "shift");
    elastic.displacement = number("elastic", "displacement");
    elastic.sigma = number("elastic", "sigma");
    add(elastic);
  }

  Settings& settings_;
  std::vector<Augmentation> variants_;
};

}  // namespace

AugmentationOptions read_augmentation(Settings& settings) {
  if (!settings.parts().augmentation) return {};
  return {VariantReader(settings).read()};
}

}  // namespace flexunet
