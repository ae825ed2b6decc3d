#include "config/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "flexunet/base/error.h"
#include "flexunet/base/findings.h"
#include "flexunet/literal/literal_json.h"
#include "flexunet/literal/utf8.h"

namespace flexunet {
namespace {

constexpr std::size_t kShownErrors = 100;
constexpr const char* kUnusedHere = "; this run does not use the key";

// Read before all else, because it decides which keys are used.
Value read_early(const Document& document, const Options& defaults, std::string_view section,
                 std::string_view name) {
  Value fallback = parse_literal(find_key(section, name)->default_text(defaults)).value;
  const Entry* entry = document.find(section, name);
  if (entry == nullptr) return fallback;
  Literal literal = parse_literal(entry->raw);
  return literal.problem ? fallback : literal.value;
}

unsigned find_uses(const Document& document, const Options& defaults, Task task) {
  const auto early = [&](std::string_view section, std::string_view name) {
    return read_early(document, defaults, section, name);
  };
  const auto is_on = [&](std::string_view section, std::string_view name) {
    return early(section, name).boolean;
  };
  const bool shows_arrays = early("image", "file_format").text == "NPY";
  const bool augments = is_on("generator", "augmentation");
  switch (task) {
    case Task::kTrain: {
      unsigned uses = kTrain;
      const bool tiled = is_on("train", "epoch_change_tiled_infer");
      if (tiled) uses |= kTiledPreviews;
      if (tiled || is_on("train", "epoch_change_infer")) {
        uses |= kPreviews | (shows_arrays ? kShowsArrays : kNobody);
      }
      if (is_on("model", "generator")) uses |= kDraws | (augments ? kAugments : kNobody);
      return uses;
    }
    case Task::kEvaluate:
      return kEvaluate;
    case Task::kInfer:
      return kInfer | (shows_arrays ? kShowsArrays : kNobody);
    case Task::kTiledInfer:
      return kTiledInfer | (shows_arrays ? kShowsArrays : kNobody);
    case Task::kInspect:
      return kInspect;
    case Task::kGenerate:
      return augments ? kAugments : kNobody;
  }
  return kNobody;
}

std::string advice_for_continuation(const Entry& entry, const LiteralProblem& problem) {
  const Position position = entry.position(problem.offset);
  if (entry.is_override() || position.line == entry.starts.front().line) return "";
  return fmt::format(
      "; the value begins in line {} and line {} continues it because it is "
      "indented: put ; in front of it if it is a comment",
      entry.starts.front().line, position.line);
}

std::string describe_problem(const Document& document, const Entry& entry,
                             const LiteralProblem& problem) {
  const Position position = entry.position(problem.offset);
  const std::string place =
      entry.is_override()
          ? document.describe(entry)
          : fmt::format("{}:{}:{}: [{}] {} = {}", document.file, position.line, position.column,
                        entry.section, entry.key, shorten(entry.raw));
  return place + ": " + problem.message + advice_for_continuation(entry, problem);
}

// A value as JSON; 1 and 1.0 are the same number where a fraction may stand.
std::string setting_text(const Key& key, const Value& value) {
  const bool is_number = value.kind == ValueKind::kInt || value.kind == ValueKind::kFloat;
  return is_number && key.field.wanted == "a number" ? nlohmann::json(value.number()).dump()
                                                     : literal_json(value).dump();
}

std::string did_you_mean(const std::string& suggestion) {
  return suggestion.empty() ? "" : "; did you mean " + suggestion + "?";
}

}  // namespace

Settings::Settings(Document document, const ConfigRequest& request, Options& options)
    : document_(std::move(document)),
      strict_(request.strict),
      lenient_(request.lenient),
      options_(options),
      defaults_(options),
      uses_(find_uses(document_, defaults_, request.task)) {
  for (const Section& section : document_.sections) {
    if (!is_known_section(section.name)) {
      report_unknown_section(section);
      continue;
    }
    for (const Entry& entry : section.entries) {
      if (find_key(section.name, entry.key) == nullptr) report_unknown_key(entry);
    }
  }
  for (const Key& key : known_keys()) {
    const std::string text = key.default_text(defaults_);
    if (text.empty()) continue;
    const Value fallback = parse_literal(text).value;
    // Folders are then seen from the project's.
    if (key.field.assign != nullptr) key.field.assign(options_, fallback);
    values_[{std::string(key.section), std::string(key.name)}] = fallback;
  }
  // In the table's order, in which a key may look at those before it.
  for (const Key& key : known_keys()) {
    if (const Entry* entry = document_.find(key.section, key.name)) {
      read_entry(*entry, key);
    } else if ((key.uses & kRequired) != 0 && uses(key.uses)) {
      report_missing_key(key);
    }
  }
}

void Settings::read_entry(const Entry& entry, const Key& key) {
  const bool used = uses(key.uses);
  const std::string fallback = key.default_text(defaults_);
  const std::pair<std::string, std::string> name(entry.section, entry.key);
  if (!key.is_read()) return;
  Literal literal = parse_literal(entry.raw);
  if (literal.problem) {
    std::string message = describe_problem(document_, entry, *literal.problem);
    const bool falls_back = lenient_ && !fallback.empty();
    if (used && falls_back) message += fmt::format("; {} is used instead", fallback);
    if (!used) message += kUnusedHere;
    if (!falls_back) faulty_.insert(name);
    add(used && !falls_back, entry.position(0).line, std::move(message));
    return;
  }
  Faults faults;
  if (const std::string fault = key.find_fault(literal.value); !fault.empty()) {
    faults = {fault};
  } else if (key.field.is_fixed && literal.value.text != values_[name].text) {
    faults = {"must be " + fallback};
  } else if (key.field.assign != nullptr) {
    faults = key.field.assign(options_, literal.value);
  }
  for (const std::string& fault : faults) reject(key.section, key.name, fault);
  if (!faults.empty()) faulty_.insert(name);
  values_[name] = std::move(literal.value);
}

void Settings::report_unknown_section(const Section& section) {
  const std::string place = section.line > 0 ? fmt::format("{}:{}", document_.file, section.line)
                                             : "--set " + section.name + ".*";
  add(strict_, section.line,
      fmt::format("{}: unknown section [{}], its keys are not read{}", place, section.name,
                  did_you_mean(suggest_section(section.name))));
}

void Settings::report_unknown_key(const Entry& entry) {
  add(strict_, entry.position(0).line,
      fmt::format("{}: unknown key, it is not read{}", document_.describe(entry, false),
                  did_you_mean(suggest_key(entry.section, entry.key))));
}

// In one line, because configs of other network classes have a dozen of them.
void Settings::warn_of_foreign_keys() {
  std::vector<std::string> names;
  int first_line = 0;
  for (const Section& section : document_.sections) {
    for (const Entry& entry : section.entries) {
      const Key* key = find_key(section.name, entry.key);
      if (key == nullptr || (key->uses & kForeign) == 0) continue;
      if (names.empty()) first_line = entry.position(0).line;
      names.push_back(key->spelt());
    }
  }
  if (names.empty()) return;
  add(false, first_line,
      fmt::format("{}: without effect in FlexUNet: {}", document_.file, fmt::join(names, ", ")));
}

// Alone: what else is wrong with it as a FlexUNet is not what its user wants to know.
void Settings::refuse_other_network() {
  const Entry* entry = document_.find("model", "model");
  const std::string& name = value("model", "model").text;
  if (entry == nullptr || !uses(find_key("model", "model")->uses)) return;
  if (!is_sound("model", "model") || name == "FlexUNet" || name == "TensorFlowFlexUNet") return;
  throw ConfigError(fmt::format(
      "{}: another network: this program trains and runs FlexUNet, a U-Net: write \"FlexUNet\" or "
      "\"TensorFlowFlexUNet\", and its keys ([model] base_filters, base_kernels, num_layers, "
      "dropout_rate, dilation, ...)",
      document_.describe(*entry)));
}

void Settings::add(bool is_error, int line, std::string text) {
  (is_error ? errors_ : warnings_).push_back({line, std::move(text)});
}

bool Settings::is_given(std::string_view section, std::string_view name) const {
  return document_.find(section, name) != nullptr;
}

bool Settings::is_sound(std::string_view section, std::string_view name) const {
  const std::pair<std::string, std::string> key(section, name);
  return values_.count(key) > 0 && faulty_.count(key) == 0;
}

const Value& Settings::value(std::string_view section, std::string_view name) const {
  static const Value nothing;
  const auto found = values_.find({std::string(section), std::string(name)});
  return found == values_.end() ? nothing : found->second;
}

void Settings::reject(std::string_view section, std::string_view name, const std::string& problem) {
  const bool used = uses(find_key(section, name)->uses);
  const std::string suffix = used ? "" : kUnusedHere;
  if (const Entry* entry = document_.find(section, name)) {
    add(used, entry->position(0).line, document_.describe(*entry) + ": " + problem + suffix);
    return;
  }
  add(used, 0,
      fmt::format("{}: [{}] {} is absent, the default {}{}", document_.file, section, name, problem,
                  suffix));
}

void Settings::report_missing_key(const Key& key) {
  const Section* holder = document_.find_section(key.section);
  const int line = holder == nullptr ? 0 : holder->line;
  const std::string place = line == 0 ? document_.file : fmt::format("{}:{}", document_.file, line);
  add(true, line,
      fmt::format("{}: {} is missing: {}", place, key.spelt(),
                  key.meaning.substr(0, key.meaning.find(';'))));
}

void Settings::warn(std::string_view section, std::string_view name, const std::string& remark) {
  const Entry* entry = document_.find(section, name);
  const std::string place = entry == nullptr
                                ? fmt::format("{}: [{}] {}", document_.file, section, name)
                                : document_.describe(*entry);
  add(false, entry == nullptr ? 0 : entry->position(0).line, place + ": " + remark);
}

std::vector<std::string> Settings::finish() {
  refuse_other_network();
  warn_of_foreign_keys();
  const auto in_order = [](std::vector<Finding> findings) {
    std::stable_sort(findings.begin(), findings.end(),
                     [](const Finding& a, const Finding& b) { return a.line < b.line; });
    return findings;
  };
  Findings errors;
  for (const Finding& finding : in_order(errors_)) errors.add(finding.text);
  std::vector<std::string> warnings;
  for (const Finding& finding : in_order(warnings_)) warnings.push_back(finding.text);
  if (errors.empty()) return warnings;
  // A misspelt key is often what an error comes from.
  for (const std::string& warning : warnings) errors.add("warning: " + warning);
  throw ConfigError(errors.text(kShownErrors));
}

TrainingSettings Settings::training_settings() const {
  TrainingSettings listed;
  for (const Key& key : known_keys()) {
    if ((key.uses & kLearnt) == 0 || !uses(key.uses)) continue;
    listed[key.spelt()] = setting_text(key, value(key.section, key.name));
  }
  return listed;
}

TrainingSettings Settings::training_defaults() const {
  TrainingSettings listed;
  for (const Key& key : known_keys()) {
    const std::string text = key.default_text(defaults_);
    if ((key.uses & kLearnt) == 0 || text.empty()) continue;
    listed[key.spelt()] = setting_text(key, parse_literal(text).value);
  }
  return listed;
}

}  // namespace flexunet
