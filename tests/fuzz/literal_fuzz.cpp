// A Python literal: what parses is written out and must parse to the same again.
#include <fmt/format.h>

#include "flexunet/literal/literal.h"
#include "fuzz/fuzz_input.h"

namespace flexunet {
namespace {

std::string write(const Value& value);

std::string write_text(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || c == '\'' || c == '\\') {
      quoted += fmt::format("\\x{:02x}", byte);
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string write_items(const Value& value, char open, char close) {
  std::string text(1, open);
  for (const Value& item : value.items) text += write(item) + ",";
  return text + close;
}

std::string write_dict(const Value& value) {
  require(value.items.size() % 2 == 0, "a value for each key");
  std::string text = "{";
  for (std::size_t i = 0; i < value.items.size(); i += 2) {
    text += write(value.items[i]) + ":" + write(value.items[i + 1]) + ",";
  }
  return text + "}";
}

std::string write(const Value& value) {
  switch (value.kind) {
    case ValueKind::kNone:
      return "None";
    case ValueKind::kBool:
      return value.boolean ? "True" : "False";
    case ValueKind::kInt:
      return std::to_string(value.integer);
    case ValueKind::kFloat:
      return fmt::format("{:.17e}", value.real);
    case ValueKind::kText:
      return write_text(value.text);
    case ValueKind::kTuple:
      return write_items(value, '(', ')');
    case ValueKind::kList:
      return write_items(value, '[', ']');
    case ValueKind::kDict:
      return write_dict(value);
    case ValueKind::kName:
      return value.text;
  }
  throw std::logic_error("a kind of value that there is not");
}

}  // namespace

bool reads_input(std::string_view input) {
  const Literal literal = parse_literal(input);
  if (literal.problem) {
    require(literal.problem->offset <= input.size(), "a problem within the text");
    require(!literal.problem->message.empty(), "a reason");
    return false;
  }
  const std::string written = write(literal.value);
  const Literal again = parse_literal(written);
  require(!again.problem, "a literal, not " + written);
  require(write(again.value) == written, "the same value from " + written);
  return true;
}

}  // namespace flexunet
