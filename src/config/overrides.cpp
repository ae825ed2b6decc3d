#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "config/document.h"
#include "config/text.h"
#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/findings.h"
#include "flexunet/base/text.h"
#include "flexunet/literal/literal.h"
#include "flexunet/literal/utf8.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

std::string read_config_text(const fs::path& file) {
  std::error_code error;
  if (fs::is_directory(file, error)) {
    throw ConfigError(fmt::format("{}: is a folder: name the config file in it", file.string()));
  }
  if (!fs::exists(file, error)) {
    throw ConfigError(
        fmt::format("{}: no such file: name a config file, or start in a project folder, which "
                    "holds train_eval_infer.config",
                    file.string()));
  }
  try {
    return read_file(file);
  } catch (const DataError& cause) {
    // The same message; the exit code is that of a config.
    throw ConfigError(cause.what());
  }
}

// What would have been right for a text without quotes.
std::string quoted(std::string_view name, std::string_view value) {
  const bool plain = value.find_first_of("\"'\\\n") == std::string_view::npos;
  return plain ? fmt::format("; as text: --set '{}=\"{}\"'", name, value) : "";
}

void set_entry(Document& document, Entry entry) {
  auto section = std::find_if(document.sections.begin(), document.sections.end(),
                              [&](const Section& known) { return known.name == entry.section; });
  if (section == document.sections.end()) {
    section = document.sections.insert(section, Section{entry.section, 0, {}});
  }
  auto& entries = section->entries;
  const auto known = std::find_if(entries.begin(), entries.end(), [&](const Entry& candidate) {
    return candidate.key == entry.key;
  });
  if (known == entries.end()) {
    entries.push_back(std::move(entry));
  } else {
    *known = std::move(entry);
  }
}

void apply_override(Document& document, std::string_view text, Findings& problems) {
  const auto refuse = [&](std::string_view why) {
    problems.add(fmt::format("--set {}: {}", shorten(text), why));
  };
  if (find_invalid_utf8(text) || text.find('\0') != std::string_view::npos) {
    return refuse("not UTF-8");
  }
  const std::size_t equals = text.find('=');
  const std::string_view name = strip(text.substr(0, std::min(equals, text.size())));
  const std::size_t dot = name.find('.');
  if (equals == std::string_view::npos || dot == std::string_view::npos || dot == 0 ||
      dot + 1 == name.size()) {
    return refuse("must be section.key=value, such as --set train.epochs=5");
  }
  Entry entry;
  entry.section = std::string(strip(name.substr(0, dot)));
  entry.key = to_lower(strip(name.substr(dot + 1)));
  entry.raw = undouble_percent(strip(text.substr(equals + 1)));
  if (entry.section == "DEFAULT") {
    return refuse("[DEFAULT] is not supported: name the section that uses the key");
  }
  if (const auto problem = parse_literal(entry.raw).problem) {
    return refuse(problem->message + quoted(name, entry.raw));
  }
  set_entry(document, std::move(entry));
}

}  // namespace

Document apply_overrides(Document document, const std::vector<std::string>& overrides) {
  Findings problems;
  for (const std::string& text : overrides) apply_override(document, text, problems);
  problems.throw_if_any<ConfigError>();
  return document;
}

Document read_document(const fs::path& file, const std::vector<std::string>& overrides) {
  return apply_overrides(parse_document(read_config_text(file), file.string()), overrides);
}

}  // namespace flexunet
