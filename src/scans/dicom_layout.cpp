#include "scans/dicom_layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "flexunet/imaging/png_codec.h"

namespace flexunet {

std::uint64_t frame_bits(const DicomLayout& layout) {
  const std::uint64_t pixels = static_cast<std::uint64_t>(layout.size.width) *
                               static_cast<std::uint64_t>(layout.size.height);
  const auto value_bits = static_cast<std::uint64_t>(layout.bits_allocated);
  // Two pixels side by side have two values of their own and share two.
  if (layout.color_space == "YBR_FULL_422") return (pixels + 1) / 2 * 4 * value_bits;
  return pixels * static_cast<std::uint64_t>(layout.samples) * value_bits;
}

std::string problem_of(const DicomLayout& l) {
  const std::uint64_t pixels =
      static_cast<std::uint64_t>(l.size.width) * static_cast<std::uint64_t>(l.size.height);
  if (pixels == 0 || pixels > kMaxPicturePixels) {
    return fmt::format("{}x{} pixels, 1 to {} are read", l.size.width, l.size.height,
                       kMaxPicturePixels);
  }
  constexpr int kMostFrames = 1'000'000;
  if (l.frames < 1 || l.frames > kMostFrames) {
    return fmt::format("damaged: {} frames, 1 to {} are read", l.frames, kMostFrames);
  }
  constexpr const char* kGray[] = {"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"};
  constexpr const char* kColors[] = {"RGB", "YBR_FULL", "YBR_FULL_422"};
  const bool is_gray =
      std::find(std::begin(kGray), std::end(kGray), l.color_space) != std::end(kGray);
  const bool is_color =
      std::find(std::begin(kColors), std::end(kColors), l.color_space) != std::end(kColors);
  if (!is_gray && !is_color) {
    return fmt::format(
        "PhotometricInterpretation \"{}\" is not read: it must be MONOCHROME1, "
        "MONOCHROME2, PALETTE COLOR, RGB, YBR_FULL or YBR_FULL_422",
        l.color_space);
  }
  if (l.samples != (is_gray ? 1 : 3)) {
    return fmt::format("damaged: {} values a pixel with {}", l.samples, l.color_space);
  }
  const bool has_known_bits = l.bits_allocated == 8 || l.bits_allocated == 16 ||
                              l.bits_allocated == 32 || (is_gray && l.bits_allocated == 1);
  if (!has_known_bits) {
    return fmt::format(
        "{} bits allocated for a value of {}: 8, 16 and 32 are read, of gray 1 as "
        "well",
        l.bits_allocated, l.color_space);
  }
  if (l.bits_stored < 1 || l.high_bit >= l.bits_allocated || l.high_bit + 1 < l.bits_stored) {
    return fmt::format("damaged: {} bits stored below bit {} of {}", l.bits_stored, l.high_bit,
                       l.bits_allocated);
  }
  return {};
}

}  // namespace flexunet
