#pragma once

#include <set>
#include <string>
#include <string_view>

namespace flexunet {

/// The stem of the picture that a variant was made from: "10001" for "rotated_90_10001", which the
/// original and flexunet-generate write; a stem that begins with none of their words comes back as
/// it is. What follows the last "_" is the source.
std::string source_stem(std::string_view stem);

/// The same among the stems of a data set, which may hold "_" themselves: the longest of them that
/// ends the variant's stem, else what follows the last "_".
std::string source_stem(std::string_view stem, const std::set<std::string, std::less<>>& stems);

}  // namespace flexunet
