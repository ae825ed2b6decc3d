#include "literal/literal_scanner.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>

#include "flexunet/literal/utf8.h"

namespace flexunet {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// Underscores may stand between two digits only; `after_prefix` allows one before the first.
bool underscores_are_sound(std::string_view digits, bool after_prefix) {
  const auto is_figure = after_prefix ? is_hex : is_digit;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (digits[i] != '_') continue;
    const bool before = i > 0 ? is_figure(digits[i - 1]) : after_prefix;
    if (!before || i + 1 == digits.size() || !is_figure(digits[i + 1])) return false;
  }
  return true;
}

std::string without_underscores(std::string_view digits) {
  std::string plain(digits);
  plain.erase(std::remove(plain.begin(), plain.end(), '_'), plain.end());
  return plain;
}

int base_of(std::string_view token) {
  if (token.size() < 2 || token[0] != '0') return 10;
  switch (token[1]) {
    case 'x':
    case 'X':
      return 16;
    case 'o':
    case 'O':
      return 8;
    case 'b':
    case 'B':
      return 2;
    default:
      return 10;
  }
}

}  // namespace

char LiteralScanner::peek(std::size_t ahead) const {
  return offset_ + ahead < text_.size() ? text_[offset_ + ahead] : '\0';
}

bool LiteralScanner::accept(char wanted) {
  if (at_end() || peek() != wanted) return false;
  advance();
  return true;
}

void LiteralScanner::skip_blanks(bool newlines) {
  while (!at_end()) {
    const char c = peek();
    if (c == '#') {
      while (!at_end() && peek() != '\n') advance();
    } else if (c == '\\' && peek(1) == '\n') {
      offset_ += 2;
    } else if (c == ' ' || c == '\t' || c == '\f' || (newlines && c == '\n')) {
      advance();
    } else {
      return;
    }
  }
}

bool LiteralScanner::at_number() const {
  return is_digit(peek()) || (peek() == '.' && is_digit(peek(1)));
}

bool LiteralScanner::at_name() const { return is_letter(peek()); }

Value LiteralScanner::scan_number(bool negative) {
  const std::size_t start = offset_;
  const int base = base_of(text_.substr(start, 2));
  while (!at_end()) {
    const char c = peek();
    const bool exponent_sign = base == 10 && (c == '+' || c == '-') && offset_ > start &&
                               (text_[offset_ - 1] == 'e' || text_[offset_ - 1] == 'E');
    if (!is_digit(c) && !is_letter(c) && c != '.' && !exponent_sign) break;
    advance();
  }
  const std::string_view token = text_.substr(start, offset_ - start);
  const std::string_view digits = base == 10 ? token : token.substr(2);
  const std::string plain = without_underscores(digits);
  const auto malformed = [&] { fail(start, fmt::format("\"{}\" is not a number", token)); };
  if (plain.empty() || !underscores_are_sound(digits, base != 10)) malformed();
  const char* end = plain.data() + plain.size();

  Value value;
  if (base == 10 && plain.find_first_of(".eE") != std::string::npos) {
    value.kind = ValueKind::kFloat;
    const auto [stop, error] = std::from_chars(plain.data(), end, value.real);
    if (stop != end || error == std::errc::invalid_argument) malformed();
    if (error != std::errc()) {
      fail(start, fmt::format("{} is beyond the range of a 64-bit float", token), "OverflowError");
    }
    if (negative) value.real = -value.real;
    return value;
  }
  std::uint64_t magnitude = 0;
  const auto [stop, error] = std::from_chars(plain.data(), end, magnitude, base);
  if (stop != end || error == std::errc::invalid_argument) malformed();
  if (base == 10 && plain[0] == '0' && magnitude != 0) {
    fail(start, fmt::format("{} has leading zeros: write {}", token, magnitude));
  }
  const std::uint64_t limit = std::uint64_t{INT64_MAX} + (negative ? 1U : 0U);
  if (error != std::errc() || magnitude > limit) {
    fail(start, fmt::format("{} does not fit into 64 bits", token), "OverflowError");
  }
  value.kind = ValueKind::kInt;
  value.integer = static_cast<std::int64_t>(negative ? ~magnitude + 1U : magnitude);
  return value;
}

std::string LiteralScanner::scan_string(bool raw) {
  const std::size_t start = offset_;
  const char quote = peek();
  const bool triple = peek(1) == quote && peek(2) == quote;
  offset_ += triple ? 3 : 1;
  std::string content;
  while (true) {
    if (at_end() || (!triple && peek() == '\n')) {
      fail(start, fmt::format("the text that begins here has no closing {}", quote));
    }
    if (peek() == quote && (!triple || (peek(1) == quote && peek(2) == quote))) {
      offset_ += triple ? 3 : 1;
      return content;
    }
    if (peek() == '\\' && raw) {
      content += peek();
      advance();
      if (!at_end()) content += peek();
      if (!at_end()) advance();
    } else if (peek() == '\\') {
      content += scan_escape();
    } else {
      content += peek();
      advance();
    }
  }
}

std::string LiteralScanner::scan_escape() {
  constexpr std::string_view kLetters = "\\'\"abfnrtv";
  constexpr std::string_view kMeanings = "\\'\"\a\b\f\n\r\t\v";
  const std::size_t start = offset_;
  advance();
  const char c = peek();
  if (at_end()) return "\\";  // the missing quote is reported next
  if (c >= '0' && c <= '7') return encode_utf8(scan_octal());
  advance();
  if (c == '\n') return "";
  const std::size_t letter = kLetters.find(c);
  if (letter != std::string_view::npos) return {kMeanings[letter]};
  if (c == 'x') return encode_utf8(scan_code_point(start, 2));
  if (c == 'u') return encode_utf8(scan_code_point(start, 4));
  if (c == 'U') return encode_utf8(scan_code_point(start, 8));
  if (c == 'N') fail(start, "\\N{...} is not supported: write the character itself");
  return {'\\', c};  // as Python, which keeps what it does not know
}

char32_t LiteralScanner::scan_code_point(std::size_t start, int digits) {
  std::uint32_t code_point = 0;
  const char* begin = text_.data() + offset_;
  const auto available = std::min(static_cast<std::size_t>(digits), text_.size() - offset_);
  const auto [stop, error] = std::from_chars(begin, begin + available, code_point, 16);
  if (error != std::errc() || stop - begin != digits) {
    fail(start, fmt::format("\\{} needs {} hexadecimal digits; a path is written with / or \\\\",
                            text_[start + 1], digits));
  }
  if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point < 0xE000)) {
    fail(start, fmt::format("there is no character U+{:04X}", code_point));
  }
  offset_ += available;
  return code_point;
}

char32_t LiteralScanner::scan_octal() {
  char32_t code_point = 0;
  for (int i = 0; i < 3 && peek() >= '0' && peek() <= '7'; ++i) {
    code_point = code_point * 8 + static_cast<char32_t>(peek() - '0');
    advance();
  }
  return code_point;
}

std::string LiteralScanner::scan_name() {
  const std::size_t start = offset_;
  while (is_letter(peek()) || is_digit(peek()) || (peek() == '.' && is_letter(peek(1)))) advance();
  return std::string(text_.substr(start, offset_ - start));
}

void LiteralScanner::fail(std::size_t offset, const std::string& message,
                          const std::string& python_error) const {
  throw LiteralFailure{{offset, message, python_error}};
}

}  // namespace flexunet
