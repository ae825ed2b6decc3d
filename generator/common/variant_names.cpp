#include "generator/common/variant_names.h"

#include <algorithm>
#include <array>

namespace flexunet {
namespace {

bool is_variant_name(std::string_view stem) {
  constexpr std::array<std::string_view, 16> kWords = {
      "hflipped_",  "vflipped_",      "rotated_",       "shrinked_",  "sheared_",    "deformed_",
      "distorted_", "barrdistorted_", "pincdistorted_", "sharpened_", "brightened_", "gamma_",
      "noise_",     "blurred_",       "cropped_",       "elastic_"};
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
    return stem.substr(0, word.size()) == word && stem.back() != '_';
  });
}

}  // namespace

std::string source_stem(std::string_view stem) {
  if (is_variant_name(stem)) stem.remove_prefix(stem.rfind('_') + 1);
  return std::string(stem);
}

std::string source_stem(std::string_view stem, const std::set<std::string, std::less<>>& stems) {
  if (!is_variant_name(stem)) return std::string(stem);
  std::string_view rest = stem;
  for (std::size_t end = rest.find('_'); end != std::string_view::npos; end = rest.find('_')) {
    rest.remove_prefix(end + 1);
    // A variant of a variant leads to the source of both.
    if (stems.find(rest) != stems.end()) return source_stem(rest, stems);
  }
  return std::string(rest);
}

}  // namespace flexunet
