#include <fmt/format.h>

#include <array>
#include <cmath>
#include <string_view>

#include "flexunet/config/convert.h"

namespace flexunet {
namespace {

// Asking for what is not there is an error: training without it would not be what the config says.
void refuse_missing_methods(Settings& settings) {
  constexpr const char* kMissing =
      "is not available yet while training; hflip, vflip and rotation by right angles are: use {}";
  constexpr std::array<std::string_view, 6> kFlags = {
      "deformation", "distortion", "barrdistortion", "pincdistortion", "sharpening", "brightening"};
  for (const std::string_view flag : kFlags) {
    if (!settings.flag("augmentor", flag)) continue;
    settings.reject("augmentor", flag,
                    fmt::format(kMissing, fmt::format("--set augmentor.{}=False", flag)));
  }
  for (const std::string_view list : {"shrinks", "shears"}) {
    if (settings.value("augmentor", list).items.empty()) continue;
    settings.reject("augmentor", list,
                    fmt::format(kMissing, fmt::format("--set 'augmentor.{}=[]'", list)));
  }
  if (settings.is_given("train", "steps_per_epoch")) {
    settings.reject("train", "steps_per_epoch",
                    "is not available yet: every image is used once an epoch; leave the key out");
  }
}

std::vector<int> read_angles(Settings& settings, const NetworkOptions& network) {
  std::vector<int> angles;
  for (const Value& item : settings.value("augmentor", "angles").items) {
    const double angle = item.number();
    if (angle != 90 && angle != 180 && angle != 270) {
      settings.reject("augmentor", "angles",
                      fmt::format("{:g}: only 90, 180 and 270 are available yet", angle));
    } else if (angle != 180 && network.image_width != network.image_height) {
      settings.reject("augmentor", "angles",
                      fmt::format("{:g} needs square images, but they are {}x{}: use [180]", angle,
                                  network.image_width, network.image_height));
    } else {
      angles.push_back(static_cast<int>(angle));
    }
  }
  return angles;
}

}  // namespace

AugmentationOptions read_augmentation(Settings& settings, const NetworkOptions& network) {
  AugmentationOptions augmentation;
  if (!settings.parts().augmentation) return augmentation;
  refuse_missing_methods(settings);
  augmentation.hflip = settings.flag("augmentor", "hflip");
  augmentation.vflip = settings.flag("augmentor", "vflip");
  if (settings.flag("augmentor", "rotation")) {
    augmentation.angles = read_angles(settings, network);
  }
  return augmentation;
}

}  // namespace flexunet
