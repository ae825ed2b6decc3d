#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "flexunet/literal/literal.h"

namespace flexunet {

/// Leaves the parser at the first problem; parse_literal turns it into a Literal.
struct LiteralFailure {
  LiteralProblem problem;
};

/// The tokens of a Python literal, read one by one. All functions throw LiteralFailure.
class LiteralScanner {
 public:
  explicit LiteralScanner(std::string_view text) : text_(text) {}

  std::size_t offset() const { return offset_; }
  bool at_end() const { return offset_ == text_.size(); }
  /// The character `ahead` of the cursor; NUL beyond the end.
  char peek(std::size_t ahead = 0) const;
  void advance() { ++offset_; }
  /// Steps over the character when it is the next one.
  bool accept(char wanted);
  /// Steps over blanks, comments and joined lines; also over line ends where `newlines` says so.
  void skip_blanks(bool newlines);
  /// True when a number (without a sign) begins here.
  bool at_number() const;
  /// True when a name, keyword or prefixed string begins here.
  bool at_name() const;
  /// A number without its sign, the sign given.
  Value scan_number(bool negative);
  /// A string in its quotes; `raw` leaves backslashes alone.
  std::string scan_string(bool raw);
  /// Letters, digits, underscores and dots.
  std::string scan_name();

  [[noreturn]] void fail(std::size_t offset, const std::string& message,
                         const std::string& python_error = "SyntaxError") const;

 private:
  std::string scan_escape();
  char32_t scan_code_point(std::size_t start, int digits);
  char32_t scan_octal();

  std::string_view text_;
  std::size_t offset_ = 0;
};

}  // namespace flexunet
