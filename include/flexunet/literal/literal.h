#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace flexunet {

enum class ValueKind { kNone, kBool, kInt, kFloat, kText, kTuple, kList, kDict, kName };

/// What a Python literal evaluates to.
struct Value {
  ValueKind kind = ValueKind::kNone;
  bool boolean = false;
  std::int64_t integer = 0;
  double real = 0.0;
  std::string text;          ///< of kText in UTF-8; of kName the bare name, "cv2.ROTATE_180"
  std::vector<Value> items;  ///< elements; of a dict its keys and values in turn, repeated keys too

  /// The number of kInt or kFloat.
  double number() const { return kind == ValueKind::kInt ? static_cast<double>(integer) : real; }
};

/// Why a text is no literal.
struct LiteralProblem {
  std::size_t offset = 0;    ///< bytes into the text
  std::string message;       ///< what is wrong and what would be right
  std::string python_error;  ///< "SyntaxError", "NameError", "TypeError" or "OverflowError"
};

struct Literal {
  Value value;
  std::optional<LiteralProblem> problem;  ///< set when the text is no literal; value is then None
};

/// Evaluates a Python literal: None, True, False, int (64 bits), float, str, tuple, list, dict, and
/// the bare names cv2.ROTATE_*. No arithmetic; nesting is limited to 100 levels.
Literal parse_literal(std::string_view text);

}  // namespace flexunet
