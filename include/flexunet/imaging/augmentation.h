#pragma once

#include <string>

#include "flexunet/base/random.h"
#include "flexunet/imaging/warp.h"
#include "flexunet/options/augmentation_options.h"

namespace flexunet {

/// A variant of image and mask, of the source's size (docs/behaviour.md, "Augmentation"): one
/// geometric field for both, so that the mask's values stay a subset of the source's; photometric
/// methods leave the mask. Flips, and rotations by right angles that keep the shape, move pixels
/// without resampling. May share pixels with the source. Throws DataError as warp does.
ImageAndMask make_variant(const ImageAndMask& source, const Augmentation& augmentation,
                          CounterRandom& random);

/// The source or one of its variants, each as likely as the others.
ImageAndMask augment(const ImageAndMask& source, const AugmentationOptions& options,
                     CounterRandom& random);

/// How people and files call a variant.
struct AugmentationName {
  std::string method;       ///< "deformation", "hflip", ...
  std::string parameters;   ///< "alpha=1300 sigma=8"; empty where there are none
  std::string file_prefix;  ///< "deformed_alpha_1300_sigmoid_8_", as the original's
};
AugmentationName name_of(const Augmentation& augmentation);

}  // namespace flexunet
