#include "config/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "config/text.h"
#include "flexunet/base/error.h"
#include "flexunet/base/findings.h"
#include "flexunet/base/text.h"
#include "flexunet/literal/utf8.h"

namespace flexunet {
namespace {

int count_leading_blanks(std::string_view line) {
  int count = 0;
  while (const std::size_t length = blank_length(line, 0)) {
    line.remove_prefix(length);
    ++count;
  }
  return line.empty() ? 0 : count;
}

// Follows configparser's own loop line for line. Written here rather than left to inih, which cuts
// lines, names of more than 49 bytes and text after " ;", none of which configparser does: what it
// could still do once its input is made safe is smaller than the code that makes it so.
class DocumentReader {
 public:
  explicit DocumentReader(const std::string& file) { document_.file = file; }

  Document read(std::string_view text) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) text.remove_prefix(3);
    while (!text.empty()) {
      const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
      ++line_;
      read_line(text.substr(0, end));
      const bool crlf = text.substr(end, 2) == "\r\n";
      text.remove_prefix(std::min(text.size(), end + (crlf ? 2 : 1)));
    }
    for (Section& section : document_.sections) {
      for (Entry& entry : section.entries) finish(entry);
    }
    if (document_.sections.empty() && problems_.empty()) {
      problems_.add(
          fmt::format("{}: holds no section: a config begins with [model]", document_.file));
    }
    problems_.throw_if_any<ConfigError>();
    return std::move(document_);
  }

 private:
  void read_line(std::string_view line) {
    const std::string_view content = strip(line);
    if (!content.empty() && (content[0] == '#' || content[0] == ';')) return;
    if (content.empty()) {
      if (in_value_) add_to_value(line, content);
      return;
    }
    const int indent = count_leading_blanks(line);
    if (in_value_ && indent > indent_) {
      add_to_value(line, content);
      return;
    }
    indent_ = indent;
    if (content[0] == '[' && content.find(']') != std::string_view::npos) {
      read_header(content);
    } else {
      read_key(line, content);
    }
  }

  void add_to_value(std::string_view line, std::string_view content) {
    if (skips_value_) return;
    Entry& entry = document_.sections.back().entries.back();
    entry.raw += '\n';
    entry.raw += content;
    entry.starts.push_back(position_in(line, content));
  }

  void read_header(std::string_view content) {
    in_value_ = false;
    const std::size_t close = content.find(']');
    const std::string name(content.substr(1, close - 1));
    const std::string_view rest = strip(content.substr(close + 1));
    if (!rest.empty() && rest[0] != '#' && rest[0] != ';') {
      add_problem(
          fmt::format("text after [{}] belongs on a line of its own: {}", name, shorten(rest)));
    }
    if (name.empty()) add_problem("a section needs a name, such as [model]");
    if (name == "DEFAULT") {
      add_problem("[DEFAULT] is not supported: write its keys into the sections that use them");
    }
    const auto [first, is_new] = section_lines_.try_emplace(name, line_);
    if (!is_new) {
      add_problem(
          fmt::format("section [{}] occurs a second time, the first is in line {}: "
                      "put its keys together",
                      name, first->second));
    }
    document_.sections.push_back({name, line_, {}});
  }

  void read_key(std::string_view line, std::string_view content) {
    in_value_ = true;
    skips_value_ = true;
    const std::size_t split = content.find_first_of("=:");
    if (document_.sections.empty()) {
      if (!reported_headless_) {
        add_problem(fmt::format("text before the first section: a config begins with [model]: {}",
                                shorten(content)));
      }
      reported_headless_ = true;
      return;
    }
    if (split == std::string_view::npos || split == 0) {
      // configparser does not let such a line begin a value.
      in_value_ = false;
      add_problem(fmt::format("not \"key = value\", a comment or a section: {}", shorten(content)));
      return;
    }
    Section& section = document_.sections.back();
    const std::string key = to_lower(strip(content.substr(0, split)));
    const auto [first, is_new] = key_lines_.try_emplace({section.name, key}, line_);
    if (!is_new) {
      add_problem(fmt::format("[{}] {} occurs a second time, the first is in line {}: keep one",
                              section.name, key, first->second));
      return;
    }
    skips_value_ = false;
    const std::string_view value = strip(content.substr(split + 1));
    section.entries.push_back({section.name, key, std::string(value), {position_in(line, value)}});
  }

  void finish(Entry& entry) {
    // Only at the end: a value may begin on the line below its key.
    const std::string_view content = strip(entry.raw);
    const auto end = static_cast<std::size_t>(content.data() - entry.raw.data()) + content.size();
    entry.raw = content.empty() ? "" : undouble_percent(std::string_view(entry.raw).substr(0, end));
  }

  Position position_in(std::string_view line, std::string_view part) const {
    const auto offset = static_cast<std::size_t>(part.data() - line.data());
    return {line_, count_characters(line.substr(0, offset)) + 1};
  }

  void add_problem(const std::string& problem) {
    problems_.add(fmt::format("{}:{}: {}", document_.file, line_, problem));
  }

  Document document_;
  Findings problems_;
  std::map<std::string, int> section_lines_;
  std::map<std::pair<std::string, std::string>, int> key_lines_;
  int line_ = 0;
  int indent_ = 0;
  bool in_value_ = false;
  bool skips_value_ = false;  // the value's key is already a problem
  bool reported_headless_ = false;
};

}  // namespace

Position Entry::position(std::size_t offset) const {
  if (starts.empty()) return {};
  const std::string_view before = std::string_view(raw).substr(0, offset);
  const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t line_begin = before.find_last_of('\n') + 1;  // npos + 1 is 0
  Position position = starts[std::min(line, starts.size() - 1)];
  position.column += count_characters(before.substr(line_begin));
  return position;
}

const Section* Document::find_section(std::string_view name) const {
  const auto found = std::find_if(sections.begin(), sections.end(),
                                  [&](const Section& section) { return section.name == name; });
  return found == sections.end() ? nullptr : &*found;
}

const Entry* Document::find(std::string_view section, std::string_view key) const {
  const Section* holder = find_section(section);
  if (holder == nullptr) return nullptr;
  const auto found = std::find_if(holder->entries.begin(), holder->entries.end(),
                                  [&](const Entry& entry) { return entry.key == key; });
  return found == holder->entries.end() ? nullptr : &*found;
}

std::string Document::describe(const Entry& entry, bool with_value) const {
  const std::string value = with_value ? " = " + shorten(entry.raw) : "";
  if (entry.is_override()) return fmt::format("--set {}.{}{}", entry.section, entry.key, value);
  return fmt::format("{}:{}: [{}] {}{}", file, entry.starts.front().line, entry.section, entry.key,
                     value);
}

Document parse_document(std::string_view text, const std::string& file) {
  const auto line_of = [text](std::size_t offset) {
    return 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n');
  };
  if (strip(text).empty()) {
    throw ConfigError(fmt::format("{}: is empty: a config begins with [model]", file));
  }
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    throw ConfigError(
        fmt::format("{}:{}: a NUL byte: not a text file in UTF-8", file, line_of(nul)));
  }
  if (const auto invalid = find_invalid_utf8(text)) {
    throw ConfigError(
        fmt::format("{}:{}: not UTF-8: save the file in that encoding", file, line_of(*invalid)));
  }
  return DocumentReader(file).read(text);
}

}  // namespace flexunet
