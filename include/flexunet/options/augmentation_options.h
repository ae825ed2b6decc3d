#pragma once

#include <array>
#include <variant>
#include <vector>

namespace flexunet {

// One struct a method of augmentation; formulas: imaging/warp_fields.h and imaging/photometric.h.

enum class FlipAxis { kNone, kHorizontal, kVertical };

/// Horizontal: left to right; vertical: upside down.
struct Flip {
  FlipAxis axis = FlipAxis::kHorizontal;
};
struct Rotation {
  double degrees = 90;  ///< counter-clockwise about the centre
};
struct Shrinking {
  double ratio = 0.8;  ///< of both sides; above 0
};
/// A shear along y, then a flip of the result.
struct Shearing {
  double slope = 0.1;  ///< rows a column
  FlipAxis flip = FlipAxis::kNone;
};
/// Simard's elastic deformation.
struct Deformation {
  double alpha = 1300;  ///< strength of the field
  double sigma = 8;     ///< pixels, of the Gaussian filter
};
struct Distortion {
  double size = 0.02;         ///< largest displacement, relative to the longer side
  double sigma = 40;          ///< pixels, of the Gaussian filter
  double unused_sigma = 0.5;  ///< gaussian_filter_sigma: without effect, in file names alone
};
/// Barrel distortion where `amount` is positive, pincushion distortion where it is negative.
struct LensDistortion {
  bool pincushion = false;  ///< which of the two sections of the config it comes from
  double radius = 0.5;      ///< relative to the width
  double amount = 0.5;      ///< exponent
  std::array<double, 2> center{0.5, 0.5};  ///< x relative to the width, y to the height
  int number = 1001;                       ///< of the centre, in file names
};
struct Sharpening {
  double k = 1.0;
};
struct Brightening {
  double alpha = 1.2;  ///< factor
  double beta = 10;    ///< gray levels
};

// Beyond the original. Each draws its parameters anew for every picture.

/// The exponent is drawn between the two, uniformly in its logarithm.
struct GammaChange {
  double low = 0.7;
  double high = 1.5;
};
struct Noise {
  double sigma = 10;  ///< gray levels; the standard deviation is drawn from a third of it to this
};
struct Blur {
  double sigma = 1.5;  ///< pixels; the Gaussian's is drawn from a third of it to this
};
struct Crop {
  double scale = 0.7;  ///< the part's sides are drawn from this to 1 of the picture's
};
/// A rotation, scaling, shift and elastic deformation in one resampling.
struct Elastic {
  double rotation = 15;     ///< degrees, drawn from -this to this
  double low_scale = 0.85;  ///< the scale is drawn between the two
  double high_scale = 1.15;
  double shift = 0.05;          ///< of width and height, drawn from -this to this
  double displacement = 0.008;  ///< standard deviation relative to the longer side
  double sigma = 0.06;          ///< of the Gaussian filter, relative to the longer side
};

/// A method with its parameters: what makes a variant of an image and its mask.
using Augmentation =
    std::variant<Flip, Rotation, Shrinking, Shearing, Deformation, Distortion, LensDistortion,
                 Sharpening, Brightening, GammaChange, Noise, Blur, Crop, Elastic>;

/// The sections [generator], [augmentor] and those of the methods. The defaults are the original's
/// while training.
struct AugmentorOptions {
  bool enabled = true;  ///< [generator] augmentation
  // Which methods are on.
  bool hflip = true;
  bool vflip = true;
  bool rotation = true;
  bool deformation = false;
  bool distortion = false;
  bool barrdistortion = false;
  bool pincdistortion = false;
  bool sharpening = false;
  bool brightening = false;
  bool gamma = false;
  bool noise = false;
  bool blur = false;
  bool crop = false;
  bool elastic = false;
  // Their parameters; a list makes a variant of each of its elements.
  std::vector<double> angles = {90, 180, 270};  ///< of rotation, degrees
  std::vector<double> shrinks = {0.8};          ///< ratios; none: not shrunk
  std::vector<double> shears;                   ///< slopes, each also flipped
  Deformation deformation_values;               ///< its alpha
  std::vector<double> sigmoids = {8};           ///< sigmas of the deformation
  Distortion distortion_values;                 ///< its sigmas
  std::vector<double> distortions = {0.02};     ///< sizes of the distortion
  LensDistortion barrel;
  LensDistortion pincushion{true, 0.5, -0.5};
  std::vector<std::array<double, 2>> barrel_centers = {{0.5, 0.5}};
  std::vector<std::array<double, 2>> pincushion_centers = {{0.5, 0.5}};
  Sharpening sharpening_values;
  Brightening brightening_values;
  GammaChange gamma_values;
  Noise noise_values;
  Blur blur_values;
  Crop crop_values;
  Elastic elastic_values;
};

/// The defaults of the original's offline generator, which are others.
AugmentorOptions offline_augmentor();

/// The same with every method on that a key switches.
AugmentorOptions with_every_method(AugmentorOptions augmentor);

/// The variants that the options name, in the order of the original's list.
std::vector<Augmentation> list_variants(const AugmentorOptions& augmentor);

/// The variants that a config names, the source not among them.
struct AugmentationOptions {
  std::vector<Augmentation> variants;
};

}  // namespace flexunet
