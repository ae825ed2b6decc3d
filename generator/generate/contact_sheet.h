#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "flexunet/imaging/warp.h"
#include "flexunet/options/augmentation_options.h"

namespace flexunet {

/// One variant of each method, whether the method is on or not.
std::vector<Augmentation> every_method(const AugmentorOptions& augmentor);

/// Writes a PNG that shows a source and variants of it beside each other: the image, the mask over
/// the image (mask pixels that are black are left out), and the names. Throws OutputError.
void write_contact_sheet(const std::filesystem::path& file, const ImageAndMask& source,
                         const std::vector<Augmentation>& variants, std::uint64_t seed);

}  // namespace flexunet
