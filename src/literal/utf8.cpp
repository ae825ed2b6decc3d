#include "flexunet/literal/utf8.h"

#include <utf8cpp/utf8.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <memory>

namespace flexunet {
namespace {

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// What Python's str.isspace takes as white space.
bool is_blank(char32_t c) {
  return (c >= 9 && c <= 13) || (c >= 28 && c <= 32) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

}  // namespace

std::size_t blank_length(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return 0;
  const auto* const begin = text.data() + offset;
  const auto* end = begin;
  try {
    const char32_t character = utf8::next(end, text.data() + text.size());
    return is_blank(character) ? static_cast<std::size_t>(end - begin) : 0;
  } catch (const utf8::exception&) {
    return 0;  // no character
  }
}

std::string_view strip(std::string_view text) {
  while (const std::size_t length = blank_length(text, 0)) text.remove_prefix(length);
  while (!text.empty()) {
    std::size_t last = text.size() - 1;
    while (last > 0 && is_continuation(text[last])) --last;
    if (blank_length(text, last) != text.size() - last) break;
    text.remove_suffix(text.size() - last);
  }
  return text;
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  const auto* const invalid = utf8::find_invalid(text.begin(), text.end());
  if (invalid == text.end()) return std::nullopt;
  return static_cast<std::size_t>(invalid - text.begin());
}

int count_characters(std::string_view text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char byte) { return !is_continuation(byte); }));
}

std::string encode_utf8(char32_t code_point) {
  std::string encoded;
  utf8::append(code_point, std::back_inserter(encoded));
  return encoded;
}

std::string composed(const std::string& text) {
  utf8proc_uint8_t* bytes = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &bytes,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, void (*)(void*)> result(bytes, std::free);
  if (size < 0) return text;
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

std::string shorten(std::string_view text, std::size_t limit) {
  std::string line;
  for (const char byte : text.substr(0, 4 * limit)) {
    const bool blank = byte == '\n' || byte == '\t' || byte == ' ';
    if (blank && !line.empty() && line.back() == ' ') continue;
    line += blank ? ' ' : byte;
  }
  if (line.size() <= limit && text.size() <= 4 * limit) return line;
  std::size_t end = std::min(limit, line.size());
  while (end > 0 && end < line.size() && is_continuation(line[end])) --end;
  return line.substr(0, end) + "...";
}

}  // namespace flexunet
