#include "flexunet/literal/utf8.h"

#include <algorithm>
#include <cstdint>

namespace flexunet {
namespace {

std::uint32_t byte_at(std::string_view text, std::size_t offset) {
  return offset < text.size() ? static_cast<unsigned char>(text[offset]) : 0U;
}

bool is_continuation(std::uint32_t byte) { return (byte & 0xC0U) == 0x80U; }

// Bytes of the well-formed character at offset, 0 if there is none (Unicode 15, table 3-7).
std::size_t character_length(std::string_view text, std::size_t offset) {
  const std::uint32_t first = byte_at(text, offset);
  const std::uint32_t second = byte_at(text, offset + 1);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !is_continuation(second)) return 0;
  if (first < 0xE0) return 2;
  if (!is_continuation(byte_at(text, offset + 2))) return 0;
  if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)) return 0;
  if (first < 0xF0) return 3;
  if (!is_continuation(byte_at(text, offset + 3))) return 0;
  if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
  return 4;
}

}  // namespace

std::size_t blank_length(std::string_view text, std::size_t offset) {
  if (offset >= text.size()) return 0;
  const std::uint32_t first = byte_at(text, offset);
  if (first < 0x80) {
    return (first >= 9 && first <= 13) || (first >= 28 && first <= 32) ? 1 : 0;
  }
  const std::uint32_t second = byte_at(text, offset + 1);
  const std::uint32_t third = byte_at(text, offset + 2);
  if (first == 0xC2) return second == 0x85 || second == 0xA0 ? 2 : 0;
  if (first == 0xE1) return second == 0x9A && third == 0x80 ? 3 : 0;
  if (first == 0xE3) return second == 0x80 && third == 0x80 ? 3 : 0;
  if (first != 0xE2) return 0;
  if (second == 0x81) return third == 0x9F ? 3 : 0;
  const bool blank = second == 0x80 && ((third >= 0x80 && third <= 0x8A) || third == 0xA8 ||
                                        third == 0xA9 || third == 0xAF);
  return blank ? 3 : 0;
}

std::string_view strip(std::string_view text) {
  while (const std::size_t length = blank_length(text, 0)) text.remove_prefix(length);
  while (!text.empty()) {
    std::size_t last = text.size() - 1;
    while (last > 0 && is_continuation(byte_at(text, last))) --last;
    if (blank_length(text, last) != text.size() - last) break;
    text.remove_suffix(text.size() - last);
  }
  return text;
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  for (std::size_t offset = 0; offset < text.size();) {
    const std::size_t length = character_length(text, offset);
    if (length == 0) return offset;
    offset += length;
  }
  return std::nullopt;
}

int count_characters(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char byte) {
    return !is_continuation(static_cast<unsigned char>(byte));
  }));
}

std::string encode_utf8(char32_t code_point) {
  const auto tail = [code_point](unsigned shift) {
    return static_cast<char>(0x80U | ((code_point >> shift) & 0x3FU));
  };
  if (code_point < 0x80) return {static_cast<char>(code_point)};
  if (code_point < 0x800) return {static_cast<char>(0xC0U | (code_point >> 6U)), tail(0)};
  if (code_point < 0x10000) {
    return {static_cast<char>(0xE0U | (code_point >> 12U)), tail(6), tail(0)};
  }
  return {static_cast<char>(0xF0U | (code_point >> 18U)), tail(12), tail(6), tail(0)};
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
  while (end > 0 && end < line.size() && is_continuation(byte_at(line, end))) --end;
  return line.substr(0, end) + "...";
}

}  // namespace flexunet
