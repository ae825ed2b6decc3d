#pragma once

#include <opencv2/core/types.hpp>

#include "flexunet/base/random.h"
#include "flexunet/imaging/warp.h"
#include "flexunet/options/augmentation_options.h"

namespace flexunet {

// The geometric methods (docs/behaviour.md, "Augmentation") for a picture of `size`. Where a
// pixel's place is taken relative to a side, pixel i lies at i + 0.5 of it, so that the centre of
// the picture is the point (W/2, H/2); lens distortions count from the first pixel's centre, as the
// original does.

/// Counter-clockwise about the centre.
WarpField rotation_field(cv::Size size, double degrees);

/// The picture scaled by the ratio, in the centre of the border's colour.
WarpField shrinking_field(cv::Size size, double ratio);

/// y' = y + slope * (x - W/2).
WarpField shearing_field(cv::Size size, double slope);

/// Simard, Steinkraus, Platt 2003: displacements alpha * G(sigma) * n with n uniform in -1..1 and
/// zero outside the picture. The original filters a field of three channels across the channels as
/// well and uses the first; here a field of one channel is scaled by what that leaves of its
/// standard deviation (w0^2 + w1^2 + w2^2)^0.5, w being the weights of the Gaussian: 2.3 pixels for
/// the defaults.
WarpField deformation_field(cv::Size size, const Deformation& deformation, CounterRandom& random);

/// Displacements along x and y: the derivatives by x and y of one field of normal noise, filtered
/// by a Gaussian, each scaled so that its maximum is floor(size * longer side) pixels; sampled at
/// (x - dx, y - dy).
WarpField distortion_field(cv::Size size, const Distortion& distortion, CounterRandom& random);

/// Within R = radius * W of the centre: source = centre + sin(pi r / 2R)^amount * (p - centre).
WarpField lens_field(cv::Size size, const LensDistortion& lens);

/// A part of the picture, drawn in size and place, as large as the picture.
WarpField crop_field(cv::Size size, const Crop& crop, CounterRandom& random);

/// Rotation, scaling, shift about the centre and smooth random displacements, summed in the
/// source's coordinates.
WarpField elastic_field(cv::Size size, const Elastic& elastic, CounterRandom& random);

}  // namespace flexunet
