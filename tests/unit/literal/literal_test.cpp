#include "flexunet/literal/literal.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace flexunet {
namespace {

// Python's repr, as far as the tests need it.
std::string show(const Value& value) {
  std::string text;
  switch (value.kind) {
    case ValueKind::kNone:
      return "None";
    case ValueKind::kBool:
      return value.boolean ? "True" : "False";
    case ValueKind::kInt:
      return std::to_string(value.integer);
    case ValueKind::kFloat:
      return "float " + std::to_string(value.real);
    case ValueKind::kText:
      return "<" + value.text + ">";
    case ValueKind::kName:
      return "name " + value.text;
    default:
      break;
  }
  for (const Value& item : value.items) text += (text.empty() ? "" : " ") + show(item);
  if (value.kind == ValueKind::kTuple) return "(" + text + ")";
  return value.kind == ValueKind::kList ? "[" + text + "]" : "{" + text + "}";
}

TEST(Literal, ReadsWhatPythonReads) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"0", "0"},
      {"00", "0"},
      {"-7", "-7"},
      {"- 7", "-7"},
      {"+7", "7"},
      {"1_000", "1000"},
      {"0x_fF", "255"},
      {"0b101", "5"},
      {"0o17", "15"},
      {"9223372036854775807", "9223372036854775807"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"1.", "float 1.000000"},
      {".5", "float 0.500000"},
      {"-1.5e1", "float -15.000000"},
      {"2E-1", "float 0.200000"},
      {"1_0.2_5", "float 10.250000"},
      {"True", "True"},
      {"False", "False"},
      {"None", "None"},
      {"\"a\"", "<a>"},
      {"'a\"b'", "<a\"b>"},
      {"\"a;b # c\"", "<a;b # c>"},
      {"\"\"", "<>"},
      {"\"a\" 'b'", "<ab>"},
      {"(\"a\"\n'b')", "<ab>"},
      {"\"\"\"a\n\"b\"\"\"", "<a\n\"b>"},
      {"r'..\\new'", "<..\\new>"},
      {"u'a'", "<a>"},
      {"\"\\n\\t\\\\\\'\\\"\"", "<\n\t\\'\">"},
      {"\"..\\dataset\"", "<..\\dataset>"},
      {"\"\\x41\\101\\u00e9\\U0001F600\"", "<AA\xC3\xA9\xF0\x9F\x98\x80>"},
      {"\"a\\\nb\"", "<ab>"},
      {"\"\xE3\x81\x82\"", "<\xE3\x81\x82>"},
      {"()", "()"},
      {"(1)", "1"},
      {"(1,)", "(1)"},
      {"((1,2),)", "((1 2))"},
      {"1, 2", "(1 2)"},
      {"1,", "(1)"},
      {"[]", "[]"},
      {"[1, \"a\", None,]", "[1 <a> None]"},
      {"{}", "{}"},
      {"{(0,0,0):0, (1,2,3):1, }", "{(0 0 0) 0 (1 2 3) 1}"},
      {"{ # all\n(0,0,0):0, # black\n\n  (1,1,1):1 \\\n, }", "{(0 0 0) 0 (1 1 1) 1}"},
      {"100 # epochs", "100"},
      {"\n(1)", "1"},
      {"cv2.ROTATE_90_CLOCKWISE", "name cv2.ROTATE_90_CLOCKWISE"},
  };
  for (const auto& [text, expected] : table) {
    const Literal literal = parse_literal(text);
    EXPECT_FALSE(literal.problem) << text << ": " << literal.problem->message;
    EXPECT_EQ(show(literal.value), expected) << text;
  }
}

struct Refusal {
  std::string text;
  std::size_t offset;
  std::string python_error;
  std::string hint;  // part of the message
};

void expect_refused(const std::vector<Refusal>& table) {
  for (const Refusal& refusal : table) {
    const Literal literal = parse_literal(refusal.text);
    ASSERT_TRUE(literal.problem) << refusal.text;
    EXPECT_EQ(literal.problem->offset, refusal.offset) << refusal.text;
    EXPECT_EQ(literal.problem->python_error, refusal.python_error) << refusal.text;
    EXPECT_NE(literal.problem->message.find(refusal.hint), std::string::npos)
        << refusal.text << ": " << literal.problem->message;
  }
}

TEST(Literal, SaysWhereAndWhatWouldBeRight) {
  expect_refused({
      {"", 0, "SyntaxError", "empty"},
      {"# only a comment", 0, "SyntaxError", "empty"},
      {"./models", 0, "SyntaxError", "\"./models\""},
      {"models", 0, "NameError", "\"models\""},
      {"models/best", 6, "SyntaxError", "\"models/best\""},
      {"true", 0, "NameError", "write True"},
      {"No", 0, "NameError", "write False"},
      {"none", 0, "NameError", "write None"},
      {"foo.bar", 0, "NameError", "unknown name foo.bar"},
      {"[1, foo]", 4, "NameError", "foo"},
      {"[foo, 1", 0, "SyntaxError", "no closing ]"},
      {"T.5rue", 1, "SyntaxError", "quotes"},
      {"{[1]:2, ]", 8, "SyntaxError", "} would be right"},
      {"{[1]:foo}", 5, "NameError", "foo"},
      {"foo bar", 4, "SyntaxError", "quotes"},
      {"[cv2.ROTATE_180]", 1, "NameError", "cv2.ROTATE_180"},
      {"100 ; epochs", 4, "SyntaxError", "line of its own"},
      {"1/255", 1, "SyntaxError", "write the result"},
      {"1\n2", 1 + 1, "SyntaxError", "one value"},
      {"\"a\"\n\"b\"", 4, "SyntaxError", "one value"},
      {"[90. 180, 270,]", 5, "SyntaxError", "comma is missing"},
      {"{(0,0,0):0, (0,0,255):1,]", 24, "SyntaxError", "} would be right"},
      {"[1,,2]", 3, "SyntaxError", "unexpected ,"},
      {"(,)", 1, "SyntaxError", "unexpected ,"},
      {"{1}", 2, "SyntaxError", ": and a value"},
      {"{[1]:2}", 1, "TypeError", "tuple"},
      {"{([1],2):2}", 1, "TypeError", "tuple"},
      {"\"a", 0, "SyntaxError", "no closing \""},
      {"\"a\nb\"", 0, "SyntaxError", "no closing \""},
      {"'''a''", 0, "SyntaxError", "no closing '"},
      {"\"a\\", 0, "SyntaxError", "no closing \""},
      {"\"C:\\x\"", 3, "SyntaxError", "2 hexadecimal digits"},
      {"\"\\ud800\"", 1, "SyntaxError", "U+D800"},
      {"\"\\U00110000\"", 1, "SyntaxError", "U+110000"},
      {"b'a'", 0, "SyntaxError", "leave out the b"},
      {"f'a'", 0, "SyntaxError", "leave out the f"},
      {"-True", 1, "SyntaxError", "number must follow"},
      {"--1", 1, "SyntaxError", "number must follow"},
      {"007", 0, "SyntaxError", "write 7"},
      {"1__0", 0, "SyntaxError", "not a number"},
      {"1_", 0, "SyntaxError", "not a number"},
      {"1e_5", 0, "SyntaxError", "not a number"},
      {"0x", 0, "SyntaxError", "not a number"},
      {"1.2.3", 0, "SyntaxError", "not a number"},
      {"3j", 0, "SyntaxError", "not a number"},
      {"12px", 0, "SyntaxError", "not a number"},
      {"9223372036854775808", 0, "OverflowError", "64 bits"},
      {"-9223372036854775809", 1, "OverflowError", "64 bits"},
      {"1e400", 0, "OverflowError", "64-bit float"},
      {"\xEF\xBC\x8C", 0, "SyntaxError", "\xEF\xBC\x8C"},
  });
}

TEST(Literal, LimitsTheDepthOfNesting) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_FALSE(parse_literal(nested(100)).problem);
  EXPECT_FALSE(parse_literal(std::string(100, '[') + "1" + std::string(100, ']')).problem);
  EXPECT_TRUE(parse_literal(nested(101)).problem);
  for (const char* open : {"[", "(", "{1:", "{"}) {
    std::string text;
    for (int i = 0; i < 100000; ++i) text += open;
    const Literal literal = parse_literal(text);
    ASSERT_TRUE(literal.problem) << open;
    EXPECT_NE(literal.problem->message.find("100 brackets"), std::string::npos);
  }
}

TEST(Literal, KeepsRepeatedKeysOfADict) {
  EXPECT_EQ(parse_literal("{(0,0,0):0, (0,0,0):1}").value.items.size(), 4U);
}

}  // namespace
}  // namespace flexunet
