#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace flexunet {

/// Bytes of the white-space character (as Python's str.strip sees it) that begins at `offset`; 0 if
/// there is none.
std::size_t blank_length(std::string_view text, std::size_t offset);

/// Without white space at both ends; a view into `text`.
std::string_view strip(std::string_view text);

/// Offset of the first byte that is not UTF-8, if any.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// Number of characters (code points) of UTF-8 text.
int count_characters(std::string_view text);

/// The code point (at most 0x10FFFF, no surrogate) as UTF-8.
std::string encode_utf8(char32_t code_point);

/// The composed form (Unicode's NFC) of a name: macOS writes "ä" as a letter and its dots, other
/// systems as one character. Text that is not UTF-8 comes back as it is.
std::string composed(const std::string& text);

/// One line of at most `limit` characters, "..." in place of what is left out.
std::string shorten(std::string_view text, std::size_t limit = 60);

}  // namespace flexunet
