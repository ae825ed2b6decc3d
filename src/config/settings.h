#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/document.h"
#include "config/schema.h"
#include "flexunet/config/config.h"

namespace flexunet {

/// The values of a document by section and key, each parsed and checked for type and range; keys
/// that are absent or faulty have the original's default. Collects every problem of a config: one
/// with a key that the task uses is an error, any other a warning.
class Settings {
 public:
  Settings(Document document, const ConfigRequest& request);

  /// True when the document has this key, sound or not.
  bool is_given(std::string_view section, std::string_view key) const;
  /// True when a value of the right type and range is there, given or by default.
  bool is_sound(std::string_view section, std::string_view key) const;

  /// The value; that of a type without a sound value is None, 0, "" or False.
  const Value& value(std::string_view section, std::string_view key) const;
  bool flag(std::string_view section, std::string_view key) const;
  int integer(std::string_view section, std::string_view key) const;
  double number(std::string_view section, std::string_view key) const;
  const std::string& text(std::string_view section, std::string_view key) const;

  /// Records a problem with the value of a key ("must be odd").
  void reject(std::string_view section, std::string_view key, const std::string& problem);
  /// Records that a key without a default is absent; says nothing when it is given but faulty.
  void require(std::string_view section, std::string_view key, const std::string& advice);
  /// Records a remark on a key.
  void warn(std::string_view section, std::string_view key, const std::string& remark);

  /// Throws ConfigError when there are errors; else gives the warnings. Both in the file's order.
  std::vector<std::string> finish() const;
  /// Which optional parts this run reads.
  const TaskParts& parts() const { return parts_; }

 private:
  struct Finding {
    int line;
    std::string text;
  };

  void read_entry(const Entry& entry, const KeySpec& key);
  void report_unknown_section(const Section& section);
  void report_unknown_key(const Entry& entry);
  void add(bool is_error, int line, std::string text);

  Document document_;
  bool strict_;
  bool lenient_;
  TaskParts parts_;
  std::map<std::pair<std::string, std::string>, Value> values_;
  std::set<std::pair<std::string, std::string>> faulty_;
  std::vector<Finding> errors_;
  std::vector<Finding> warnings_;
};

}  // namespace flexunet
