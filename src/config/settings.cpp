#include "config/settings.h"

#include <fmt/format.h>

#include <algorithm>

#include "flexunet/base/error.h"
#include "flexunet/base/findings.h"
#include "flexunet/literal/literal.h"
#include "flexunet/literal/utf8.h"

namespace flexunet {
namespace {

constexpr std::size_t kShownErrors = 100;
constexpr const char* kUnusedHere = "; this run does not use the key";

Value default_of(const KeySpec& key, Task task) {
  return parse_literal(key.default_for(task)).value;
}

// Read before all else, because it decides which keys are used.
Value read_early(const Document& document, std::string_view section, std::string_view key) {
  const Entry* entry = document.find(section, key);
  Value fallback = default_of(*find_known_key(section, key), Task::kTrain);
  if (entry == nullptr) return fallback;
  Literal literal = parse_literal(entry->raw);
  return literal.problem ? fallback : literal.value;
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

}  // namespace

Settings::Settings(Document document, const ConfigRequest& request)
    : document_(std::move(document)), strict_(request.strict), lenient_(request.lenient) {
  parts_.task = request.task;
  const auto flag = [&](std::string_view section, std::string_view key) {
    return read_early(document_, section, key).boolean;
  };
  parts_.tiled_previews = flag("train", "epoch_change_tiled_infer");
  parts_.previews = parts_.tiled_previews || flag("train", "epoch_change_infer");
  parts_.generator = request.task == Task::kTrain && flag("model", "generator");
  parts_.augmentation =
      (parts_.generator || request.task == Task::kGenerate) && flag("generator", "augmentation");
  parts_.npy_images = read_early(document_, "image", "file_format").text == kNpyFormat;
  for (const auto* key = begin_known_keys(); key != end_known_keys(); ++key) {
    if (key->default_text.empty()) continue;
    values_[{std::string(key->section), std::string(key->key)}] = default_of(*key, request.task);
  }
  for (const Section& section : document_.sections) {
    if (!is_known_section(section.name)) {
      report_unknown_section(section);
      continue;
    }
    for (const Entry& entry : section.entries) {
      const KeySpec* key = find_known_key(section.name, entry.key);
      if (key == nullptr) {
        report_unknown_key(entry);
      } else if (key->type != ValueType::kAny) {
        read_entry(entry, *key);
      }
    }
  }
}

void Settings::read_entry(const Entry& entry, const KeySpec& key) {
  const int line = entry.position(0).line;
  const bool used = is_used(key, parts_);
  Literal literal = parse_literal(entry.raw);
  if (literal.problem) {
    std::string message = describe_problem(document_, entry, *literal.problem);
    const bool falls_back = lenient_ && !key.default_text.empty();
    if (used && falls_back) {
      message += fmt::format("; {} is used instead", key.default_for(parts_.task));
    }
    if (!used) message += kUnusedHere;
    if (!falls_back) faulty_.insert({entry.section, entry.key});
    add(used && !falls_back, line, std::move(message));
    return;
  }
  if (const std::string fault = find_fault(key, literal.value); !fault.empty()) {
    faulty_.insert({entry.section, entry.key});
    add(used, line, document_.describe(entry) + ": " + fault + (used ? "" : kUnusedHere));
    return;
  }
  values_[{entry.section, entry.key}] = std::move(literal.value);
}

void Settings::report_unknown_section(const Section& section) {
  const std::string place = section.line > 0 ? fmt::format("{}:{}", document_.file, section.line)
                                             : "--set " + section.name + ".*";
  const std::string suggestion = suggest_section(section.name);
  add(strict_, section.line,
      fmt::format("{}: unknown section [{}], its keys are not read{}", place, section.name,
                  suggestion.empty() ? "" : "; did you mean " + suggestion + "?"));
}

void Settings::report_unknown_key(const Entry& entry) {
  const std::string suggestion = suggest_key(entry.section, entry.key);
  add(strict_, entry.position(0).line,
      fmt::format("{}: unknown key, it is not read{}", document_.describe(entry, false),
                  suggestion.empty() ? "" : "; did you mean " + suggestion + "?"));
}

void Settings::add(bool is_error, int line, std::string text) {
  (is_error ? errors_ : warnings_).push_back({line, std::move(text)});
}

bool Settings::is_given(std::string_view section, std::string_view key) const {
  return document_.find(section, key) != nullptr;
}

bool Settings::is_sound(std::string_view section, std::string_view key) const {
  const std::pair<std::string, std::string> name(section, key);
  return values_.count(name) > 0 && faulty_.count(name) == 0;
}

const Value& Settings::value(std::string_view section, std::string_view key) const {
  static const Value nothing;
  const auto found = values_.find({std::string(section), std::string(key)});
  return found == values_.end() ? nothing : found->second;
}

bool Settings::flag(std::string_view section, std::string_view key) const {
  return value(section, key).boolean;
}

int Settings::integer(std::string_view section, std::string_view key) const {
  return static_cast<int>(value(section, key).integer);
}

double Settings::number(std::string_view section, std::string_view key) const {
  return value(section, key).number();
}

const std::string& Settings::text(std::string_view section, std::string_view key) const {
  return value(section, key).text;
}

void Settings::reject(std::string_view section, std::string_view key, const std::string& problem) {
  const bool used = is_used(*find_known_key(section, key), parts_);
  const std::string suffix = used ? "" : kUnusedHere;
  if (const Entry* entry = document_.find(section, key)) {
    add(used, entry->position(0).line, document_.describe(*entry) + ": " + problem + suffix);
    return;
  }
  add(used, 0,
      fmt::format("{}: [{}] {} is absent, the default {}{}", document_.file, section, key, problem,
                  suffix));
}

void Settings::require(std::string_view section, std::string_view key, const std::string& advice) {
  if (is_given(section, key)) return;
  const Section* holder = document_.find_section(section);
  const int line = holder == nullptr ? 0 : holder->line;
  const std::string place = line == 0 ? document_.file : fmt::format("{}:{}", document_.file, line);
  add(true, line, fmt::format("{}: [{}] {} is missing: {}", place, section, key, advice));
}

void Settings::warn(std::string_view section, std::string_view key, const std::string& remark) {
  const Entry* entry = document_.find(section, key);
  const std::string place = entry == nullptr
                                ? fmt::format("{}: [{}] {}", document_.file, section, key)
                                : document_.describe(*entry);
  add(false, entry == nullptr ? 0 : entry->position(0).line, place + ": " + remark);
}

std::vector<std::string> Settings::finish() const {
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

}  // namespace flexunet
