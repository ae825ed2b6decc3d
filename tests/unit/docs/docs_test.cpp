// What pages and comments point to is there.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "flexunet/base/files.h"
#include "flexunet/base/text.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

const fs::path source = FLEXUNET_SOURCE_DIR;

std::vector<fs::path> files_below(const fs::path& folder, const std::set<std::string>& endings) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (endings.count(entry.path().extension().string()) > 0) found.push_back(entry.path());
  }
  return found;
}

// Every match of the expression's first group.
std::vector<std::string> matches(const std::string& text, const std::regex& expression) {
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), expression), end; it != end; ++it) {
    found.push_back((*it)[1]);
  }
  return found;
}

std::vector<std::string> headings_of(const fs::path& page) {
  return matches("\n" + read_file(page), std::regex("\n#+ ([^\n]+)"));
}

TEST(Comments, CiteHeadingsOfTheBehaviourThatExist) {
  const std::vector<std::string> listed = headings_of(source / "docs/behaviour.md");
  const std::set<std::string> headings(listed.begin(), listed.end());
  const std::regex citation("docs/behaviour\\.md, \"([^\"]+)\"");
  std::size_t citations = 0;
  for (const char* folder : {"include", "src", "generator", "tests"}) {
    for (const fs::path& file : files_below(source / folder, {".h", ".cpp"})) {
      // A comment may go on in the next line.
      const std::string text = std::regex_replace(read_file(file), std::regex("\n *///? "), " ");
      for (const std::string& heading : matches(text, citation)) {
        ++citations;
        EXPECT_EQ(headings.count(heading), 1U) << file << " cites \"" << heading << '"';
      }
    }
  }
  EXPECT_GT(citations, 20U);
}

// "#learning-beyond-the-original" of a heading, as GitHub makes it.
std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (const char c : to_lower(heading)) {
    if (c == ' ') anchor += '-';
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_') anchor += c;
  }
  return anchor;
}

TEST(Pages, LinkToFilesAndHeadingsThatExist) {
  std::vector<fs::path> pages = files_below(source / "docs", {".md"});
  for (const char* page : {"README.md", "dataset/README.md", "tests/bench/README.md"}) {
    pages.push_back(source / page);
  }
  for (const fs::path& page : pages) {
    for (const std::string& link :
         matches(read_file(page), std::regex("(?:\\]\\(|src=\")([^)\\s\"]+)"))) {
      if (link.find("://") != std::string::npos) continue;
      const std::size_t hash = link.find('#');
      const fs::path target =
          hash == 0 ? page : page.parent_path() / link.substr(0, std::min(hash, link.size()));
      ASSERT_TRUE(fs::exists(target)) << page << " links to " << link;
      if (hash == std::string::npos) continue;
      std::set<std::string> anchors;
      for (const std::string& heading : headings_of(target)) anchors.insert(anchor_of(heading));
      EXPECT_EQ(anchors.count(link.substr(hash + 1)), 1U) << page << " links to " << link;
    }
  }
}

}  // namespace
}  // namespace flexunet
