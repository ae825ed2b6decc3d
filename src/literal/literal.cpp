#include "flexunet/literal/literal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "flexunet/base/text.h"
#include "flexunet/literal/utf8.h"
#include "literal/literal_scanner.h"

namespace flexunet {
namespace {

constexpr int kMaximalDepth = 100;

bool is_hashable(const Value& value) {
  if (value.kind == ValueKind::kList || value.kind == ValueKind::kDict) return false;
  return std::all_of(value.items.begin(), value.items.end(), is_hashable);
}

bool is_rotation(const std::string& name) {
  constexpr std::array<std::string_view, 3> kNames = {"cv2.ROTATE_90_CLOCKWISE", "cv2.ROTATE_180",
                                                      "cv2.ROTATE_90_COUNTERCLOCKWISE"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

std::string advice_for_name(const std::string& name) {
  const std::string lower = to_lower(name);
  if (lower == "true" || lower == "yes" || lower == "on") return "write True";
  if (lower == "false" || lower == "no" || lower == "off") return "write False";
  if (lower == "none" || lower == "null") return "write None";
  return fmt::format("text needs quotes: \"{}\"", name);
}

Value make_text(ValueKind kind, std::string text) {
  Value value;
  value.kind = kind;
  value.text = std::move(text);
  return value;
}

class LiteralParser {
 public:
  explicit LiteralParser(std::string_view text) : text_(text), scanner_(text) {}

  Value parse() {
    scanner_.skip_blanks(true);
    if (scanner_.at_end()) scanner_.fail(0, "the value is empty");
    Value value = parse_value(0);
    scanner_.skip_blanks(false);
    if (scanner_.peek() == ',') value = parse_bare_tuple(std::move(value));
    scanner_.skip_blanks(true);
    if (!scanner_.at_end()) fail_after_value();
    // Only now, because Python evaluates after it has read the whole expression.
    if (has_name_ && !(value.kind == ValueKind::kName && is_rotation(value.text))) {
      scanner_.fail(name_offset_, fmt::format("unknown name {}: {}", name_, advice_for_name(name_)),
                    "NameError");
    }
    if (has_bad_key_) {
      scanner_.fail(bad_key_offset_, "a list or dict cannot be a key: use a tuple, such as (0,0,0)",
                    "TypeError");
    }
    return value;
  }

 private:
  Value parse_value(int depth) {
    switch (scanner_.peek()) {
      case '(':
        return parse_sequence(')', depth);
      case '[':
        return parse_sequence(']', depth);
      case '{':
        return parse_dict(depth);
      case '"':
      case '\'':
        return parse_strings(depth);
      case '+':
      case '-':
        return parse_signed();
      default:
        break;
    }
    if (scanner_.at_number()) return scanner_.scan_number(false);
    if (scanner_.at_name()) return parse_name(depth);
    fail_unexpected();
  }

  // Several strings side by side are one, as in Python.
  Value parse_strings(int depth) {
    std::string text;
    while (true) {
      const char c = scanner_.peek();
      const bool prefixed = scanner_.peek(1) == '"' || scanner_.peek(1) == '\'';
      if (c == '"' || c == '\'') {
        text += scanner_.scan_string(false);
      } else if (prefixed && (c == 'r' || c == 'R' || c == 'u' || c == 'U')) {
        scanner_.advance();
        text += scanner_.scan_string(c == 'r' || c == 'R');
      } else {
        return make_text(ValueKind::kText, std::move(text));
      }
      scanner_.skip_blanks(depth > 0);
    }
  }

  Value parse_signed() {
    const bool negative = scanner_.peek() == '-';
    scanner_.advance();
    scanner_.skip_blanks(false);
    if (!scanner_.at_number()) scanner_.fail(scanner_.offset(), "a number must follow the sign");
    return scanner_.scan_number(negative);
  }

  Value parse_name(int depth) {
    const std::size_t start = scanner_.offset();
    const std::string name = scanner_.scan_name();
    if (scanner_.peek() == '"' || scanner_.peek() == '\'') {
      const bool known = name == "r" || name == "R" || name == "u" || name == "U";
      if (!known) {
        scanner_.fail(start, fmt::format("text in the form {0}{1}...{1} is not supported: "
                                         "leave out the {0}",
                                         name, scanner_.peek()));
      }
      Value value = make_text(ValueKind::kText, scanner_.scan_string(name == "r" || name == "R"));
      scanner_.skip_blanks(depth > 0);
      value.text += parse_strings(depth).text;
      return value;
    }
    if (name == "None") return Value{};
    if (name == "True" || name == "False") {
      Value value;
      value.kind = ValueKind::kBool;
      value.boolean = name == "True";
      return value;
    }
    if (!has_name_) {
      has_name_ = true;
      name_ = name;
      name_offset_ = start;
    }
    return make_text(ValueKind::kName, name);
  }

  Value parse_sequence(char close, int depth) {
    const std::size_t open = open_bracket(depth);
    Value sequence;
    sequence.kind = close == ')' ? ValueKind::kTuple : ValueKind::kList;
    bool comma = true;
    while (!closes(close, open)) {
      if (!comma) fail_without_comma(close);
      sequence.items.push_back(parse_value(depth + 1));
      scanner_.skip_blanks(true);
      comma = scanner_.accept(',');
    }
    const bool is_grouping = close == ')' && sequence.items.size() == 1 && !comma;
    if (!is_grouping) return sequence;
    Value grouped = std::move(sequence.items.front());
    return grouped;
  }

  Value parse_dict(int depth) {
    const std::size_t open = open_bracket(depth);
    Value dict;
    dict.kind = ValueKind::kDict;
    bool comma = true;
    while (!closes('}', open)) {
      if (!comma) fail_without_comma('}');
      const std::size_t key_offset = scanner_.offset();
      dict.items.push_back(parse_value(depth + 1));
      if (!has_bad_key_ && !is_hashable(dict.items.back())) {
        has_bad_key_ = true;
        bad_key_offset_ = key_offset;
      }
      scanner_.skip_blanks(true);
      if (!scanner_.accept(':')) {
        scanner_.fail(scanner_.offset(), "a : and a value must follow the key, as in {(0,0,0):0}");
      }
      scanner_.skip_blanks(true);
      dict.items.push_back(parse_value(depth + 1));
      scanner_.skip_blanks(true);
      comma = scanner_.accept(',');
    }
    return dict;
  }

  Value parse_bare_tuple(Value first) {
    Value tuple;
    tuple.kind = ValueKind::kTuple;
    tuple.items.push_back(std::move(first));
    while (scanner_.accept(',')) {
      scanner_.skip_blanks(false);
      if (scanner_.at_end() || scanner_.peek() == '\n') break;
      tuple.items.push_back(parse_value(0));
      scanner_.skip_blanks(false);
    }
    return tuple;
  }

  // The offset of the bracket that is stepped over.
  std::size_t open_bracket(int depth) {
    const std::size_t open = scanner_.offset();
    if (depth == kMaximalDepth) {
      scanner_.fail(open, fmt::format("more than {} brackets inside each other", kMaximalDepth));
    }
    scanner_.advance();
    return open;
  }

  bool closes(char close, std::size_t open) {
    scanner_.skip_blanks(true);
    if (scanner_.at_end()) {
      scanner_.fail(open, fmt::format("the {} that begins here has no closing {}",
                                      text_.substr(open, 1), close));
    }
    const char c = scanner_.peek();
    if (c != close && (c == ')' || c == ']' || c == '}')) {
      scanner_.fail(scanner_.offset(),
                    fmt::format("{} closes nothing: {} would be right", c, close));
    }
    return scanner_.accept(close);
  }

  [[noreturn]] void fail_without_comma(char close) {
    scanner_.fail(scanner_.offset(), fmt::format("a comma is missing before this, or {}", close));
  }

  [[noreturn]] void fail_unexpected() {
    const char c = scanner_.peek();
    if (scanner_.at_end() || c == '\n') scanner_.fail(scanner_.offset(), "a value is missing here");
    const bool like_path = c == '.' || c == '/' || c == '~' || c == '\\';
    const bool whole = scanner_.offset() == 0;
    if (like_path && whole) {
      scanner_.fail(0, fmt::format("text needs quotes: \"{}\"", shorten(text_)));
    }
    scanner_.fail(scanner_.offset(), fmt::format("unexpected {}: not a number, text in quotes, "
                                                 "True, False, None, tuple, list or dict",
                                                 character_here()));
  }

  [[noreturn]] void fail_after_value() {
    const char c = scanner_.peek();
    std::string advice = "one value is expected; text needs quotes, several values brackets";
    if (c == ';') advice = "a comment needs a line of its own";
    if (has_name_ && name_offset_ == 0) {
      advice = fmt::format("text needs quotes: \"{}\"", shorten(text_));
    } else if (c == '+' || c == '-' || c == '*' || c == '/') {
      advice = "nothing is calculated, write the result";
    }
    scanner_.fail(scanner_.offset(),
                  fmt::format("unexpected {} after the value: {}", character_here(), advice));
  }

  std::string character_here() const {
    const std::size_t start = scanner_.offset();
    std::size_t end = start + 1;
    while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0U) == 0x80U) ++end;
    return std::string(text_.substr(start, end - start));
  }

  std::string_view text_;
  LiteralScanner scanner_;
  bool has_name_ = false;
  std::string name_;
  std::size_t name_offset_ = 0;
  bool has_bad_key_ = false;
  std::size_t bad_key_offset_ = 0;
};

}  // namespace

Literal parse_literal(std::string_view text) {
  try {
    return {LiteralParser(text).parse(), std::nullopt};
  } catch (const LiteralFailure& failure) {
    return {Value{}, failure.problem};
  }
}

}  // namespace flexunet
