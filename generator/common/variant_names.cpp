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

void SourceNames::add(const std::string& stem) {
  stems_.insert(stem);
  if (!is_variant_name(stem)) return;
  const std::size_t last = stem.rfind('_');
  words_of_[stem.substr(last + 1)].insert(stem.substr(0, last));
}

std::string SourceNames::source_of(std::string_view stem) const {
  if (!is_variant_name(stem)) return std::string(stem);
  std::string_view rest = stem;
  for (std::size_t end = rest.find('_'); end != std::string_view::npos; end = rest.find('_')) {
    rest.remove_prefix(end + 1);
    // A variant of a variant leads to the source of both.
    if (has(rest)) return source_of(rest);
  }
  const auto words = words_of_.find(rest);
  const bool is_shared = words != words_of_.end() && words->second.size() > 1;
  return std::string(is_shared ? rest : stem);
}

}  // namespace flexunet
