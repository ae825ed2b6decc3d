#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace flexunet {

/// "%%" read as "%".
std::string undouble_percent(std::string_view text);

/// Insertions, deletions and substitutions that turn one text into the other (Levenshtein).
std::size_t edit_distance(std::string_view from, std::string_view to);

}  // namespace flexunet
