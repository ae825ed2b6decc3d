#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace flexunet {

/// A to Z as a to z; other bytes stay, so that the result does not depend on the locale.
std::string to_lower(std::string_view text);

/// Whether a text is a decimal number that 64 bits without sign hold.
bool is_unsigned_number(std::string_view text);

/// Whether `a` comes before `b` where runs of digits count as numbers: "IM-2" before "IM-10"; of
/// equal numbers that with fewer zeros in front, the rest as bytes.
bool natural_less(std::string_view a, std::string_view b);

/// A whole number with a comma every three digits: "126,809,218".
std::string with_thousands(std::int64_t number);

/// Bytes for people: "12 MB", "1.2 GB".
std::string readable_bytes(std::int64_t bytes);

}  // namespace flexunet
