#include "generator/variant_names.h"

#include <array>

namespace flexunet {

std::string source_stem(std::string_view stem) {
  constexpr std::array<std::string_view, 16> kWords = {
      "hflipped_",  "vflipped_",      "rotated_",       "shrinked_",  "sheared_",    "deformed_",
      "distorted_", "barrdistorted_", "pincdistorted_", "sharpened_", "brightened_", "gamma_",
      "noise_",     "blurred_",       "cropped_",       "elastic_"};
  for (const std::string_view word : kWords) {
    if (stem.substr(0, word.size()) != word) continue;
    const std::string_view source = stem.substr(stem.rfind('_') + 1);
    if (!source.empty()) return std::string(source);
  }
  return std::string(stem);
}

}  // namespace flexunet
