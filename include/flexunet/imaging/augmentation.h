#pragma once

#include <cstddef>
#include <opencv2/core/mat.hpp>

#include "flexunet/base/random.h"
#include "flexunet/config/options.h"

namespace flexunet {

/// An image (H,W) CV_8UC(C) and its class mask (H,W) CV_8UC1.
struct ImageAndMask {
  cv::Mat image;
  cv::Mat class_mask;
};

/// How many variants of a sample the options name, the source not counted.
std::size_t variant_count(const AugmentationOptions& options);

/// The source or one of its variants, each as likely as the others; image and mask always together.
/// Takes one draw of `random`. The result may share pixels with the source.
ImageAndMask augment(const ImageAndMask& source, const AugmentationOptions& options,
                     CounterRandom& random);

}  // namespace flexunet
