#pragma once

#include "flexunet/imaging/warp.h"

namespace flexunet {

/// Whether a mask shows more than four times as many colours as its image, and more than 64: masks
/// that JPEG or anti-aliasing touched have many colours, but their images have as many.
bool looks_swapped(const ImageAndMask& pictures);

}  // namespace flexunet
