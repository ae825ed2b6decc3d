// The reader of configs against inih, another one: on all that inih can hold, both must agree.
#include <gtest/gtest.h>
#include <ini.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "config/document.h"
#include "flexunet/base/files.h"
#include "flexunet/base/text.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

using Values = std::map<std::pair<std::string, std::string>, std::string>;

// What inih hands over; of a value in several lines it hands over each.
Values read_by_inih(const std::string& text) {
  Values values;
  ini_parse_string(
      text.c_str(),
      [](void* user, const char* section, const char* name, const char* value) {
        auto& found = *static_cast<Values*>(user);
        const auto [entry, is_new] = found.try_emplace({section, to_lower(name)}, value);
        if (!is_new) entry->second.append("\n").append(value);
        return 1;
      },
      &values);
  return values;
}

// Why inih cannot hold an entry; "" if it can.
std::string what_inih_lacks(const Entry& entry, const std::vector<std::string>& lines) {
  constexpr std::size_t kLongestName = 49;
  constexpr std::size_t kLongestLine = 199;
  if (entry.key.size() > kLongestName && entry.starts.size() > 1) {
    return "a name of more than 49 bytes with a value in several lines";
  }
  if (entry.raw.find("\n\n") != std::string::npos) return "an empty line within a value";
  for (const Position& start : entry.starts) {
    const std::string& line = lines.at(static_cast<std::size_t>(start.line - 1));
    if (line.size() > kLongestLine) return "a line of 200 bytes or more";
    if (line.find(" ;") != std::string::npos) return "a semicolon after a blank";
  }
  return "";
}

std::vector<std::string> split_lines(const std::string& text) {
  std::vector<std::string> lines(1);
  for (const char byte : text) {
    if (byte == '\n') {
      lines.emplace_back();
    } else {
      lines.back() += byte;
    }
  }
  return lines;
}

std::vector<fs::path> configs_below(const fs::path& folder) {
  std::vector<fs::path> found;
  if (!fs::exists(folder)) return found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".config") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

// How many entries agree, and how many inih cannot hold, by reason.
struct Comparison {
  int agreed = 0;
  std::map<std::string, int> not_held;
};

void compare(const fs::path& file, Comparison& comparison) {
  const std::string text = read_file(file);
  const std::vector<std::string> lines = split_lines(text);
  Values inih = read_by_inih(text);
  for (const Section& section : parse_document(text, file.string()).sections) {
    for (const Entry& entry : section.entries) {
      const std::string lack = what_inih_lacks(entry, lines);
      if (!lack.empty()) {
        ++comparison.not_held[lack];
        continue;
      }
      EXPECT_EQ((inih[{entry.section, entry.key}]), entry.raw)
          << file << ": [" << entry.section << "] " << entry.key;
      ++comparison.agreed;
    }
  }
}

TEST(Inih, AgreesOnTheProjects) {
  Comparison comparison;
  for (const fs::path& file : configs_below(fs::path(FLEXUNET_SOURCE_DIR) / "projects")) {
    compare(file, comparison);
  }
  EXPECT_GT(comparison.agreed, 80);
  EXPECT_TRUE(comparison.not_held.empty());
}

TEST(Inih, AgreesOnPublishedConfigs) {
  const std::vector<fs::path> files =
      configs_below(fs::path(FLEXUNET_SOURCE_DIR) / "../shared/configs");
  if (files.empty()) GTEST_SKIP() << "../shared/configs is not there";
  Comparison comparison;
  for (const fs::path& file : files) compare(file, comparison);
  EXPECT_EQ(comparison.agreed, 4582);
  EXPECT_EQ(comparison.not_held, (std::map<std::string, int>{{"an empty line within a value", 1}}));
}

// The list of what inih lacks holds nothing that it could hold.
TEST(Inih, CutsOrJoinsTheRest) {
  const std::string long_name(50, 'n'), long_text(200, 't');
  for (const std::string& line :
       {long_name + " = [1,\n  2]", "text = \"" + long_text + "\"",
        std::string("text = \"red ; green\""), std::string("map = {\n\n  1: 2}")}) {
    const std::string text = "[model]\n" + line + "\n";
    const Entry entry = parse_document(text, "x.config").sections.at(0).entries.at(0);
    EXPECT_NE(what_inih_lacks(entry, split_lines(text)), "") << line;
    EXPECT_NE((read_by_inih(text)[{"model", entry.key}]), entry.raw) << line;
  }
}

}  // namespace
}  // namespace flexunet
