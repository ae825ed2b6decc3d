#pragma once

#include <limits>
#include <string>
#include <string_view>

#include "config/document.h"
#include "flexunet/config/config.h"
#include "flexunet/literal/literal.h"

namespace flexunet {

enum class ValueType {
  kAny,
  kBool,
  kBoolOrText,
  kInt,
  kNumber,
  kText,
  kPath,
  kTextList,
  kNumberList,
  kNumberListOrText,
  kNumberPair,  ///< (0.7, 1.5)
  kPointList,   ///< [(0.3, 0.7), ...]
  kIntPair,     ///< (3, 3)
  kSizeOrNone,  ///< (512, 512) or None
  kRotation,    ///< cv2.ROTATE_*, the same in quotes, or None
  kRgbMap,      ///< {(red, green, blue): class index, ...}
};

/// Bounds of a number.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false;   ///< `low` itself is outside
  bool high_open = false;  ///< `high` itself is outside

  bool contains(double value) const;
  /// "between 1 and 16", "above 0", ...
  std::string text() const;
};

/// What is known about one key.
struct KeySpec {
  std::string_view section;
  std::string_view key;
  ValueType type;
  std::string_view default_text = {};  ///< a literal, as in the file; empty: no default
  Range range = {};
  /// The default of flexunet-generate where it is another; empty: the same.
  std::string_view generate_default_text = {};

  /// The default for a task, empty: none.
  std::string_view default_for(Task task) const;
};

/// The [image] file_format of .npy arrays.
constexpr std::string_view kNpyFormat = "NPY";

/// Parts of a config that a task reads only when others ask for them.
struct TaskParts {
  Task task = Task::kTrain;
  bool previews = false;        ///< either kind of epoch-change inference
  bool tiled_previews = false;  ///< [train] epoch_change_tiled_infer
  bool generator = false;       ///< training with [model] generator
  bool augmentation = false;    ///< training with that and [generator] augmentation, or generating
  bool npy_images = false;      ///< [image] file_format = "NPY"
};

/// First and last of the known keys.
const KeySpec* begin_known_keys();
const KeySpec* end_known_keys();

/// Null for a key that nobody reads.
const KeySpec* find_known_key(std::string_view section, std::string_view key);
bool is_known_section(std::string_view section);

/// True when the value decides something in this run.
bool is_used(const KeySpec& key, const TaskParts& parts);

/// What is wrong with a value of this key, "" if nothing: type and range.
std::string find_fault(const KeySpec& key, const Value& value);

/// What an unknown key or section was probably meant to be, "[train] epochs"; "" if nothing is
/// near.
std::string suggest_key(std::string_view section, std::string_view key);
std::string suggest_section(std::string_view section);

}  // namespace flexunet
