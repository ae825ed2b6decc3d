#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "flexunet/config/config.h"
#include "flexunet/literal/literal.h"
#include "flexunet/options/options.h"

namespace flexunet {

/// Bounds of a number, or of each number of a list.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false;   ///< `low` itself is outside
  bool high_open = false;  ///< `high` itself is outside

  bool contains(double value) const;
  /// "from 1 to 16", "above 0", ...
  std::string text() const;
};

/// What is wrong with a value.
using Faults = std::vector<std::string>;

/// What a key holds and where it goes.
struct Field {
  std::string_view wanted;  ///< what must stand there: "a whole number"
  bool is_scalar = false;   ///< a fault also names what stands there instead
  Range range = {};
  bool (*matches)(const Value& value) = nullptr;  ///< null: any value is passed over
  /// Sets the member, or says what is wrong with a value that matches. Null: there is no member.
  Faults (*assign)(Options& options, const Value& value) = nullptr;
  /// The member as a Python literal; "" or null: none.
  std::string (*text)(const Options& options) = nullptr;
  std::string_view fixed_text = {};  ///< the default where there is no member
  bool is_fixed = false;             ///< and the only text that is accepted
};

/// Who uses a key, as bits.
enum Use : unsigned {
  kNobody = 0,
  kTrain = 1U << 0U,
  kPreviews = 1U << 1U,       ///< training with either kind of epoch-change inference
  kTiledPreviews = 1U << 2U,  ///< training with [train] epoch_change_tiled_infer
  kDraws = 1U << 3U,          ///< training with [model] generator
  kAugments = 1U << 4U,       ///< the same with [generator] augmentation, and flexunet-generate
  kEvaluate = 1U << 5U,
  kInfer = 1U << 6U,
  kTiledInfer = 1U << 7U,
  kInspect = 1U << 8U,
  kShowsArrays = 1U << 9U,  ///< inference or previews of [image] file_format = "NPY"
  kForeign = 1U << 10U,     ///< nobody here, which a warning says
  kLearnt = 1U << 11U,      ///< decides what a training comes to
  kRequired = 1U << 12U,    ///< who uses it cannot do without
};

/// One key of the config.
struct Key {
  std::string_view section;
  std::string_view name;
  Field field;
  unsigned uses;
  std::string_view meaning;  ///< one line, for people; its beginning, up to ';', is advice

  /// False for a key that is known so that nobody is told it is unknown.
  bool is_read() const { return field.matches != nullptr; }
  /// "[train] epochs".
  std::string spelt() const;
  /// The default as a Python literal, "" if there is none.
  std::string default_text(const Options& defaults) const;
  /// What is wrong with the type or range of a value, "" if nothing.
  std::string find_fault(const Value& value) const;
};

/// Every known key, section by section: the one place that says what the config may hold.
const std::vector<Key>& known_keys();

/// Null for a key that is not known.
const Key* find_key(std::string_view section, std::string_view name);
bool is_known_section(std::string_view section);

/// What an unknown key or section was probably meant to be, "[train] epochs"; "" if nothing is
/// near.
std::string suggest_key(std::string_view section, std::string_view name);
std::string suggest_section(std::string_view section);

/// The options with the defaults of a task: flexunet-generate has others for [augmentor].
Options default_options(Task task);

}  // namespace flexunet
