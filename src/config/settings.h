#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/document.h"
#include "config/keys.h"
#include "flexunet/config/config.h"

namespace flexunet {

/// Reads a document key by key, as the table of keys says, into options. Collects every problem of
/// a config: one with a key that the task uses is an error, any other a warning.
class Settings {
 public:
  /// `options` has its defaults and project_dir; a key that is absent or faulty leaves its member.
  Settings(Document document, const ConfigRequest& request, Options& options);

  /// True when the document has this key, sound or not.
  bool is_given(std::string_view section, std::string_view name) const;
  /// True when a value of the right type and range is there, given or by default.
  bool is_sound(std::string_view section, std::string_view name) const;
  /// The value as a literal, given or by default; None where there is no sound one.
  const Value& value(std::string_view section, std::string_view name) const;
  /// Whether this run uses some of these.
  bool uses(unsigned uses) const { return (uses_ & uses) != 0; }

  /// Records a problem with the value of a key ("must be odd").
  void reject(std::string_view section, std::string_view name, const std::string& problem);
  /// Records a remark on a key.
  void warn(std::string_view section, std::string_view name, const std::string& remark);

  /// Throws ConfigError when there are errors; else gives the warnings. Both in the file's order.
  std::vector<std::string> finish();
  /// What decides the result of a training. Only for Task::kTrain.
  TrainingSettings training_settings() const;
  TrainingSettings training_defaults() const;

 private:
  struct Finding {
    int line;
    std::string text;
  };

  void read_entry(const Entry& entry, const Key& key);
  void report_unknown_section(const Section& section);
  void report_unknown_key(const Entry& entry);
  void report_missing_key(const Key& key);
  void refuse_other_network();
  void warn_of_foreign_keys();
  void add(bool is_error, int line, std::string text);

  Document document_;
  bool strict_;
  bool lenient_;
  Options& options_;
  const Options defaults_;
  unsigned uses_;  // of this run
  std::map<std::pair<std::string, std::string>, Value> values_;
  std::set<std::pair<std::string, std::string>> faulty_;
  std::vector<Finding> errors_;
  std::vector<Finding> warnings_;
};

}  // namespace flexunet
