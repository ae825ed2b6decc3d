#include "flexunet/options/augmentation_options.h"

namespace flexunet {
namespace {

void add_lenses(LensDistortion lens, const std::vector<std::array<double, 2>>& centers,
                std::vector<Augmentation>& variants) {
  for (const std::array<double, 2>& center : centers) {
    lens.center = center;
    variants.emplace_back(lens);
    ++lens.number;
  }
}

}  // namespace

AugmentorOptions offline_augmentor() {
  AugmentorOptions offline;
  offline.hflip = offline.vflip = offline.rotation = false;
  offline.shrinks.clear();
  offline.deformation = offline.distortion = true;
  offline.sigmoids = {7, 8, 9};
  offline.distortions = {0.01, 0.02, 0.03};
  offline.barrdistortion = offline.pincdistortion = true;
  offline.barrel.radius = offline.pincushion.radius = 0.3;
  offline.barrel.amount = 0.3;
  offline.pincushion.amount = -0.3;
  offline.barrel_centers = {{0.3, 0.3}, {0.7, 0.3}, {0.5, 0.5}, {0.3, 0.7}, {0.7, 0.7}};
  offline.pincushion_centers = offline.barrel_centers;
  return offline;
}

AugmentorOptions with_every_method(AugmentorOptions augmentor) {
  for (bool* method :
       {&augmentor.hflip, &augmentor.vflip, &augmentor.rotation, &augmentor.deformation,
        &augmentor.distortion, &augmentor.barrdistortion, &augmentor.pincdistortion,
        &augmentor.sharpening, &augmentor.brightening, &augmentor.gamma, &augmentor.noise,
        &augmentor.blur, &augmentor.crop, &augmentor.elastic}) {
    *method = true;
  }
  return augmentor;
}

std::vector<Augmentation> list_variants(const AugmentorOptions& augmentor) {
  std::vector<Augmentation> variants;
  const auto add_if = [&](bool is_on, const Augmentation& variant) {
    if (is_on) variants.push_back(variant);
  };
  add_if(augmentor.hflip, Flip{FlipAxis::kHorizontal});
  add_if(augmentor.vflip, Flip{FlipAxis::kVertical});
  for (const double degrees : augmentor.angles) add_if(augmentor.rotation, Rotation{degrees});
  for (const double ratio : augmentor.shrinks) variants.emplace_back(Shrinking{ratio});
  for (const double slope : augmentor.shears) {
    for (const FlipAxis flip : {FlipAxis::kNone, FlipAxis::kHorizontal, FlipAxis::kVertical}) {
      variants.emplace_back(Shearing{slope, flip});
    }
  }
  Deformation deformation = augmentor.deformation_values;
  for (const double sigma : augmentor.sigmoids) {
    deformation.sigma = sigma;
    add_if(augmentor.deformation, deformation);
  }
  Distortion distortion = augmentor.distortion_values;
  for (const double size : augmentor.distortions) {
    distortion.size = size;
    add_if(augmentor.distortion, distortion);
  }
  if (augmentor.barrdistortion) add_lenses(augmentor.barrel, augmentor.barrel_centers, variants);
  if (augmentor.pincdistortion) {
    add_lenses(augmentor.pincushion, augmentor.pincushion_centers, variants);
  }
  add_if(augmentor.sharpening, augmentor.sharpening_values);
  add_if(augmentor.brightening, augmentor.brightening_values);
  add_if(augmentor.gamma, augmentor.gamma_values);
  add_if(augmentor.noise, augmentor.noise_values);
  add_if(augmentor.blur, augmentor.blur_values);
  add_if(augmentor.crop, augmentor.crop_values);
  add_if(augmentor.elastic, augmentor.elastic_values);
  return variants;
}

}  // namespace flexunet
