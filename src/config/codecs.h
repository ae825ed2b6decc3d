#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "config/keys.h"
#include "flexunet/config/rgb_map_literal.h"
#include "flexunet/options/names.h"
#include "flexunet/options/rgb_map_entries.h"

namespace flexunet {

// A codec reads and writes the literals of one kind of member:
//   kWanted   what must stand there
//   matches   whether a value has that form
//   read      sets the target; gives back what is wrong with a value that matches, if that can be
//   text      the literal of a member, "" for none

struct Scalar {
  static constexpr bool kIsScalar = true;
};
struct Compound {
  static constexpr bool kIsScalar = false;
};

inline bool is_int(const Value& value) { return value.kind == ValueKind::kInt; }
inline bool is_number(const Value& value) {
  return is_int(value) || value.kind == ValueKind::kFloat;
}
inline bool is_text(const Value& value) { return value.kind == ValueKind::kText; }
template <typename Predicate>
bool is_sequence_of(const Value& value, Predicate predicate) {
  return (value.kind == ValueKind::kList || value.kind == ValueKind::kTuple) &&
         std::all_of(value.items.begin(), value.items.end(), predicate);
}
template <typename Predicate>
bool is_pair_of(const Value& value, Predicate predicate) {
  return is_sequence_of(value, predicate) && value.items.size() == 2;
}

inline bool is_control_character(char c) {
  constexpr unsigned char kFirstPrintable = 0x20, kDelete = 0x7F;
  const auto byte = static_cast<unsigned char>(c);
  return byte < kFirstPrintable || byte == kDelete;
}

template <typename T, typename = void>
struct Codec;

template <>
struct Codec<bool> : Scalar {
  static constexpr std::string_view kWanted = "True or False";
  static bool matches(const Value& value) { return value.kind == ValueKind::kBool; }
  static void read(const Value& value, bool& target) { target = value.boolean; }
  static std::string text(bool target) { return target ? "True" : "False"; }
};

template <>
struct Codec<int> : Scalar {
  static constexpr std::string_view kWanted = "a whole number";
  static bool matches(const Value& value) { return is_int(value); }
  static void read(const Value& value, int& target) { target = static_cast<int>(value.integer); }
  static std::string text(int target) { return std::to_string(target); }
};

template <>
struct Codec<double> : Scalar {
  static constexpr std::string_view kWanted = "a number";
  static bool matches(const Value& value) { return is_number(value); }
  static void read(const Value& value, double& target) { target = value.number(); }
  static std::string text(double target) { return fmt::format("{}", target); }
};

template <>
struct Codec<std::string> : Scalar {
  static constexpr std::string_view kWanted = "text in quotes";
  static bool matches(const Value& value) { return is_text(value); }
};

template <>
struct Codec<std::filesystem::path> : Compound {
  static constexpr std::string_view kWanted = "a path in quotes, such as \"./models\"";
  static bool matches(const Value& value) { return is_text(value) && !value.text.empty(); }
  static Faults read(const Value& value, std::filesystem::path& target) {
    target = value.text;
    if (std::none_of(value.text.begin(), value.text.end(), is_control_character)) return {};
    return {
        "holds a control character: between quotes \\t is a tab, \\n ends a line, and so on; write "
        "/ between folders, as in \"D:/data/train\""};
  }
  static std::string text(const std::filesystem::path& target) {
    return target.empty() ? "" : fmt::format("\"{}\"", target.string());
  }
};

template <typename T>
struct Codec<std::optional<T>> : Codec<T> {
  static auto read(const Value& value, std::optional<T>& target) {
    return Codec<T>::read(value, target.emplace());
  }
  static std::string text(const std::optional<T>& target) {
    return target ? Codec<T>::text(*target) : "";
  }
};

// One of the names in options/names.h.
template <typename Choice>
struct Codec<Choice, std::enable_if_t<std::is_enum_v<Choice>>> : Codec<std::string> {
  static Faults read(const Value& value, Choice& target) {
    const std::optional<Choice> choice = find_choice<Choice>(value.text);
    if (!choice) return {"unknown name: must be one of " + list_names<Choice>()};
    target = *choice;
    return {};
  }
  static std::string text(Choice target) { return fmt::format("\"{}\"", name_of(target)); }
};

template <>
struct Codec<NormalizationKind> : Scalar {
  static constexpr std::string_view kWanted = "True, False or text in quotes";
  static bool matches(const Value& value) {
    return value.kind == ValueKind::kBool || is_text(value);
  }
  static Faults read(const Value& value, NormalizationKind& target) {
    const auto kind = find_choice<NormalizationKind>(is_text(value)  ? value.text
                                                     : value.boolean ? "batch"
                                                                     : "none");
    if (!kind) {
      return {"must be False, True (which is \"batch\") or one of " +
              list_names<NormalizationKind>()};
    }
    target = *kind;
    return {};
  }
  static std::string text(NormalizationKind target) {
    return target == NormalizationKind::kNone ? "False" : fmt::format("\"{}\"", name_of(target));
  }
};

struct TextList : Compound {
  static constexpr std::string_view kWanted = "a list of texts, such as [\"dice_coef_multiclass\"]";
  static bool matches(const Value& value) {
    return is_sequence_of(value, is_text) && !value.items.empty();
  }
};

// The first of a list; a check warns of the others.
template <>
struct Codec<MetricKind> : TextList {
  static Faults read(const Value& value, MetricKind& target) {
    const auto metric = find_choice<MetricKind>(value.items[0].text);
    if (!metric) {
      return {fmt::format("unknown name \"{}\": must be one of {}", value.items[0].text,
                          list_names<MetricKind>())};
    }
    target = *metric;
    return {};
  }
  static std::string text(MetricKind target) { return fmt::format("[\"{}\"]", name_of(target)); }
};

// Its names depend on [model] metrics, which is read before it.
struct MonitorName : Codec<std::string> {
  static Faults read(const Value& value, Options& target) {
    std::string known;
    for (const MonitorKind monitor :
         {MonitorKind::kValLoss, MonitorKind::kLoss, MonitorKind::kValMetric, MonitorKind::kMetric,
          MonitorKind::kValForegroundDice}) {
      const std::string name = name_of(monitor, target.loss.metric);
      if (name == value.text) {
        target.train.monitor = monitor;
        return {};
      }
      known += fmt::format("{}\"{}\"", known.empty() ? "" : ", ", name);
    }
    return {"unknown name: must be one of " + known};
  }
  static std::string text(const Options& target) {
    return fmt::format("\"{}\"", name_of(target.train.monitor, target.loss.metric));
  }
};

template <>
struct Codec<std::vector<double>> : Compound {
  static constexpr std::string_view kWanted = "a list of numbers, such as [0.8, 0.9]";
  static bool matches(const Value& value) { return is_sequence_of(value, is_number); }
  static void read(const Value& value, std::vector<double>& target) {
    target.clear();
    for (const Value& item : value.items) target.push_back(item.number());
  }
  static std::string text(const std::vector<double>& target) {
    return fmt::format("[{}]", fmt::join(target, ", "));
  }
};

// One number a class, or "balanced".
struct ClassWeights : Compound {
  static constexpr std::string_view kWanted =
      "a list of numbers, such as [1.0, 2.5], or text in quotes";
  static bool matches(const Value& value) {
    return is_text(value) || is_sequence_of(value, is_number);
  }
  static Faults read(const Value& value, LossOptions& target) {
    target.balance_classes = is_text(value);
    if (!is_text(value)) Codec<std::vector<double>>::read(value, target.class_weights);
    if (!is_text(value) || value.text == "balanced") return {};
    return {"must be \"balanced\" or a list of num_classes numbers"};
  }
  static std::string text(const LossOptions& /*target*/) { return ""; }
};

// A lower and an upper bound of T.
template <typename T, double T::*kLow, double T::*kHigh>
struct Interval : Compound {
  static constexpr std::string_view kWanted = "a pair of numbers, such as (0.7, 1.5)";
  static bool matches(const Value& value) { return is_pair_of(value, is_number); }
  static Faults read(const Value& value, T& target) {
    target.*kLow = value.items[0].number();
    target.*kHigh = value.items[1].number();
    if (target.*kLow <= target.*kHigh) return {};
    return {"must have the lower number first, such as (0.7, 1.5)"};
  }
  static std::string text(const T& target) {
    return fmt::format("({}, {})", target.*kLow, target.*kHigh);
  }
};

template <>
struct Codec<std::vector<std::array<double, 2>>> : Compound {
  static constexpr std::string_view kWanted = "a list of points, such as [(0.3, 0.7)]";
  static bool matches(const Value& value) {
    return is_sequence_of(value, [](const Value& item) { return is_pair_of(item, is_number); });
  }
  static void read(const Value& value, std::vector<std::array<double, 2>>& target) {
    target.clear();
    for (const Value& item : value.items) {
      target.push_back({item.items[0].number(), item.items[1].number()});
    }
  }
  static std::string text(const std::vector<std::array<double, 2>>& target) {
    std::string points;
    for (const auto& [x, y] : target) {
      points += fmt::format("{}({}, {})", points.empty() ? "" : ", ", x, y);
    }
    return fmt::format("[{}]", points);
  }
};

struct IntPair : Compound {
  static constexpr std::string_view kWanted = "a pair of whole numbers, such as (3,3)";
  static bool matches(const Value& value) { return is_pair_of(value, is_int); }
};

// The original has a size for each direction, and uses the first.
struct EqualPair : IntPair {
  static Faults read(const Value& value, int& target) {
    target = static_cast<int>(value.items[0].integer);
    if (value.items[0].integer == value.items[1].integer) return {};
    return {fmt::format("must be two equal numbers, try ({0},{0}) or ({1},{1})",
                        value.items[0].integer, value.items[1].integer)};
  }
  static std::string text(int target) { return fmt::format("({0},{0})", target); }
};

template <>
struct Codec<IntensityRange> : IntPair {
  static Faults read(const Value& value, IntensityRange& target) {
    target = {static_cast<int>(value.items[0].integer), static_cast<int>(value.items[1].integer)};
    if (target.low < target.high) return {};
    return {
        "must be the values that become black and white, the lower one first, such as (0,4095)"};
  }
  static std::string text(const IntensityRange& target) {
    return fmt::format("({},{})", target.low, target.high);
  }
};

template <>
struct Codec<ImageFileFormat> : Codec<std::string> {
  static Faults read(const Value& value, ImageFileFormat& target) {
    target = value.text == "NPY" ? ImageFileFormat::kNpy : ImageFileFormat::kPicture;
    if (target == ImageFileFormat::kNpy) return {};
    return {"must be \"NPY\" for .npy arrays; leave the key out for pictures"};
  }
  static std::string text(ImageFileFormat target) {
    return target == ImageFileFormat::kNpy ? "\"NPY\"" : "";
  }
};

struct MaskFileFormat : Codec<std::string> {
  static Faults read(const Value& value, std::string& target) {
    constexpr std::array<std::string_view, 7> kFormats = {".png", ".npz",  ".jpg", ".jpeg",
                                                          ".tif", ".tiff", ".bmp"};
    target = value.text;
    if (std::find(kFormats.begin(), kFormats.end(), target) != kFormats.end()) return {};
    return {fmt::format("must be one of \"{}\"", fmt::join(kFormats, "\", \""))};
  }
  static std::string text(const std::string& target) { return fmt::format("\"{}\"", target); }
};

// One number of a list.
struct OneNumber : Codec<double> {
  static void read(const Value& value, std::vector<double>& target) { target = {value.number()}; }
  static std::string text(const std::vector<double>& /*target*/) { return ""; }
};

template <>
struct Codec<std::vector<RgbMapEntry>> : Compound {
  static constexpr std::string_view kWanted =
      "a dict of colours to class indices, such as {(0,0,0):0, (0,255,0):1}";
  static bool matches(const Value& value) { return is_rgb_map(value); }
  static Faults read(const Value& value, std::vector<RgbMapEntry>& target) {
    return read_rgb_map(value, target);
  }
  static std::string text(const std::vector<RgbMapEntry>& target) { return rgb_map_text(target); }
};

// (width, height) or None.
struct SizeOrNone : Compound {
  static constexpr std::string_view kWanted = "(width, height) or None";
  static bool matches(const Value& value) {
    return value.kind == ValueKind::kNone || is_pair_of(value, is_int);
  }
};

// cv2.ROTATE_*, the same in quotes, or None.
struct CvRotation : Compound {
  static constexpr std::string_view kWanted =
      "None, cv2.ROTATE_90_CLOCKWISE, cv2.ROTATE_180 or cv2.ROTATE_90_COUNTERCLOCKWISE";
  static bool matches(const Value& value) {
    return value.kind == ValueKind::kNone || value.kind == ValueKind::kName ||
           (is_text(value) && parse_literal(value.text).value.kind == ValueKind::kName);
  }
};

}  // namespace flexunet
