#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace flexunet {

struct Position {
  int line = 0;    ///< from 1; 0 for a value from the command line
  int column = 0;  ///< characters, from 1
};

/// One key with its value as written.
struct Entry {
  std::string section;
  std::string key;               ///< in lower case
  std::string raw;               ///< stripped; the lines of a continued value joined by '\n'
  std::vector<Position> starts;  ///< of each line of `raw`; empty for a value from --set

  bool is_override() const { return starts.empty(); }
  /// Where the byte `offset` of `raw` stands in the file.
  Position position(std::size_t offset) const;
};

struct Section {
  std::string name;
  int line = 0;
  std::vector<Entry> entries;
};

/// The text of a config file cut into sections and keys, in the order of the file; no value is
/// interpreted yet.
struct Document {
  std::string file;  ///< as the user named it
  std::vector<Section> sections;

  /// Null when there is none.
  const Section* find_section(std::string_view name) const;
  const Entry* find(std::string_view section, std::string_view key) const;
  /// "file:17: [model] epochs" or "--set model.epochs"; with the raw value, shortened, on request.
  std::string describe(const Entry& entry, bool with_value = true) const;
};

/// Cuts text as Python's configparser does. Throws ConfigError with every problem of the text.
Document parse_document(std::string_view text, const std::string& file);

/// Sets keys ("section.key=value") in order. Throws ConfigError: not well formed, or no literal.
Document apply_overrides(Document document, const std::vector<std::string>& overrides);

/// Reads a file and applies the overrides. Throws ConfigError: not readable, not text, not a
/// config, or what apply_overrides throws.
Document read_document(const std::filesystem::path& file,
                       const std::vector<std::string>& overrides);

}  // namespace flexunet
