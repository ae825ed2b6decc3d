#include "generator/common/variant_names.h"

#include <algorithm>
#include <array>

namespace flexunet {
namespace {

// A word that begins the name of a variant, and how many parts with its parameters follow.
struct VariantWord {
  std::string_view text;
  std::size_t parameters;
};
constexpr std::array<VariantWord, 16> kWords = {{{"hflipped_", 0},
                                                 {"vflipped_", 0},
                                                 {"rotated_", 1},
                                                 {"shrinked_", 1},
                                                 {"sheared_", 1},
                                                 {"deformed_", 4},
                                                 {"distorted_", 3},
                                                 {"barrdistorted_", 3},
                                                 {"pincdistorted_", 3},
                                                 {"sharpened_", 1},
                                                 {"brightened_", 2},
                                                 {"gamma_", 1},
                                                 {"noise_", 1},
                                                 {"blurred_", 1},
                                                 {"cropped_", 1},
                                                 {"elastic_", 1}}};

const VariantWord* find_word(std::string_view stem) {
  const auto* const word = std::find_if(
      kWords.begin(), kWords.end(),
      [&](const VariantWord& known) { return stem.substr(0, known.text.size()) == known.text; });
  return word == kWords.end() || stem.back() == '_' ? nullptr : word;
}

bool is_variant_name(std::string_view stem) { return find_word(stem) != nullptr; }

bool is_parameter(std::string_view part) {
  return part == "alpha" || part == "sigmoid" ||
         part.find_first_of("0123456789") != std::string_view::npos;
}

// What follows the word and its parameters; empty where these are not as generators write them.
std::string_view behind_parameters(std::string_view stem) {
  const VariantWord* word = find_word(stem);
  if (word == nullptr) return {};
  stem.remove_prefix(word->text.size());
  for (std::size_t i = 0; i < word->parameters; ++i) {
    const std::size_t end = stem.find('_');
    if (end == std::string_view::npos || !is_parameter(stem.substr(0, end))) return {};
    stem.remove_prefix(end + 1);
  }
  return stem;
}

}  // namespace

std::string source_stem(std::string_view stem) {
  if (is_variant_name(stem)) stem.remove_prefix(stem.rfind('_') + 1);
  return std::string(stem);
}

void SourceNames::add(const std::string& stem) {
  stems_.insert(stem);
  const std::string_view rest = behind_parameters(stem);
  if (rest.empty()) return;
  words_of_[std::string(rest)].insert(stem.substr(0, stem.size() - rest.size()));
}

std::string SourceNames::source_of(std::string_view stem) const {
  if (!is_variant_name(stem)) return std::string(stem);
  std::string_view rest = stem;
  for (std::size_t end = rest.find('_'); end != std::string_view::npos; end = rest.find('_')) {
    rest.remove_prefix(end + 1);
    // A variant of a variant leads to the source of both.
    if (has(rest)) return source_of(rest);
  }
  rest = behind_parameters(stem);
  const auto words = words_of_.find(rest);
  const bool is_shared = !rest.empty() && words != words_of_.end() && words->second.size() > 1;
  return std::string(is_shared ? rest : stem);
}

}  // namespace flexunet
