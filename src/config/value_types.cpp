#include <fmt/format.h>

#include <algorithm>

#include "config/schema.h"

namespace flexunet {
namespace {

using Kind = ValueKind;

bool is_number(const Value& value) {
  return value.kind == Kind::kInt || value.kind == Kind::kFloat;
}

bool is_sequence(const Value& value) {
  return value.kind == Kind::kList || value.kind == Kind::kTuple;
}

template <typename Predicate>
bool is_sequence_of(const Value& value, Predicate predicate) {
  return is_sequence(value) && std::all_of(value.items.begin(), value.items.end(), predicate);
}

bool is_int(const Value& value) { return value.kind == Kind::kInt; }
bool is_text(const Value& value) { return value.kind == Kind::kText; }
bool is_int_pair(const Value& value) {
  return is_sequence_of(value, is_int) && value.items.size() == 2;
}
bool is_point(const Value& value) {
  return is_sequence_of(value, is_number) && value.items.size() == 2;
}

bool is_rotation(const Value& value) {
  return value.kind == Kind::kNone || value.kind == Kind::kName ||
         (is_text(value) && parse_literal(value.text).value.kind == Kind::kName);
}

bool is_rgb_map(const Value& value) {
  if (value.kind != Kind::kDict || value.items.empty()) return false;
  for (std::size_t i = 0; i < value.items.size(); i += 2) {
    const Value& color = value.items[i];
    if (!is_sequence_of(color, is_int) || color.items.size() != 3) return false;
    if (!is_int(value.items[i + 1])) return false;
  }
  return true;
}

bool has_type(ValueType type, const Value& value) {
  switch (type) {
    case ValueType::kAny:
      return true;
    case ValueType::kBool:
      return value.kind == Kind::kBool;
    case ValueType::kBoolOrText:
      return value.kind == Kind::kBool || is_text(value);
    case ValueType::kInt:
      return is_int(value);
    case ValueType::kNumber:
      return is_number(value);
    case ValueType::kText:
      return is_text(value);
    case ValueType::kPath:
      return is_text(value) && !value.text.empty() && value.text.find('\0') == std::string::npos;
    case ValueType::kTextList:
      return is_sequence_of(value, is_text) && !value.items.empty();
    case ValueType::kNumberList:
      return is_sequence_of(value, is_number);
    case ValueType::kNumberListOrText:
      return is_text(value) || is_sequence_of(value, is_number);
    case ValueType::kNumberPair:
      return is_point(value);
    case ValueType::kPointList:
      return is_sequence_of(value, is_point);
    case ValueType::kIntPair:
      return is_int_pair(value);
    case ValueType::kSizeOrNone:
      return value.kind == Kind::kNone || is_int_pair(value);
    case ValueType::kRotation:
      return is_rotation(value);
    case ValueType::kRgbMap:
      return is_rgb_map(value);
  }
  return false;
}

std::string wanted(ValueType type) {
  switch (type) {
    case ValueType::kAny:
      return "any value";
    case ValueType::kBool:
      return "True or False";
    case ValueType::kBoolOrText:
      return "True, False or text in quotes";
    case ValueType::kInt:
      return "a whole number";
    case ValueType::kNumber:
      return "a number";
    case ValueType::kText:
      return "text in quotes";
    case ValueType::kPath:
      return "a path in quotes, such as \"./models\"";
    case ValueType::kTextList:
      return "a list of texts, such as [\"dice_coef_multiclass\"]";
    case ValueType::kNumberList:
      return "a list of numbers, such as [0.8, 0.9]";
    case ValueType::kNumberListOrText:
      return "a list of numbers, such as [1.0, 2.5], or text in quotes";
    case ValueType::kNumberPair:
      return "a pair of numbers, such as (0.7, 1.5)";
    case ValueType::kPointList:
      return "a list of points, such as [(0.3, 0.7)]";
    case ValueType::kIntPair:
      return "a pair of whole numbers, such as (3,3)";
    case ValueType::kSizeOrNone:
      return "(width, height) or None";
    case ValueType::kRotation:
      return "None, cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180 or cv2.ROTATE_90_COUNTERCLOCKWISE";
    case ValueType::kRgbMap:
      return "a dict of colours to class indices, such as {(0,0,0):0, (0,255,0):1}";
  }
  return "";
}

std::string describe_kind(Kind kind) {
  switch (kind) {
    case Kind::kNone:
      return "None";
    case Kind::kBool:
      return "True or False";
    case Kind::kInt:
      return "a whole number";
    case Kind::kFloat:
      return "a number with a fraction";
    case Kind::kText:
      return "text";
    case Kind::kTuple:
      return "a tuple";
    case Kind::kList:
      return "a list";
    case Kind::kDict:
      return "a dict";
    case Kind::kName:
      return "a name";
  }
  return "";
}

// The kind is worth naming only where another shape of the same kind cannot be what is wrong.
bool is_scalar(ValueType type) {
  return type == ValueType::kBool || type == ValueType::kInt || type == ValueType::kNumber ||
         type == ValueType::kText;
}

// The numbers of pairs and lists have to lie in the range one by one.
bool is_in_range(const KeySpec& key, const Value& value) {
  if (is_number(value)) return key.range.contains(value.number());
  const bool of_numbers = key.type == ValueType::kIntPair || key.type == ValueType::kSizeOrNone ||
                          key.type == ValueType::kNumberList ||
                          key.type == ValueType::kNumberPair ||
                          key.type == ValueType::kNumberListOrText;
  return !of_numbers || std::all_of(value.items.begin(), value.items.end(),
                                    [&](const Value& item) { return is_in_range(key, item); });
}

}  // namespace

std::string find_fault(const KeySpec& key, const Value& value) {
  if (!has_type(key.type, value)) {
    if (!is_scalar(key.type)) return "must be " + wanted(key.type);
    return fmt::format("must be {}, not {}", wanted(key.type), describe_kind(value.kind));
  }
  if (!is_in_range(key, value)) return fmt::format("must be {}", key.range.text());
  return "";
}

}  // namespace flexunet
