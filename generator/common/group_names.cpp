#include "generator/common/group_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <regex>
#include <string_view>

namespace flexunet {
namespace {

constexpr std::string_view kSeparators = "_- .";

// Where the separators stand that come between two other characters.
std::vector<std::size_t> find_separators(const std::string& name) {
  std::vector<std::size_t> places;
  for (std::size_t i = 1; i + 1 < name.size(); ++i) {
    if (kSeparators.find(name[i]) != std::string_view::npos) places.push_back(i);
  }
  return places;
}

// "^([^_]+_[^_]+)_" for the separators "__".
std::string pattern_of(const std::string& separators) {
  const auto escaped = [](char separator) {
    return separator == '.' || separator == '-' ? std::string("\\") + separator
                                                : std::string(1, separator);
  };
  std::string pattern = "^(";
  for (std::size_t i = 0; i < separators.size(); ++i) {
    if (i > 0) pattern += escaped(separators[i - 1]);
    pattern += "[^" + escaped(separators[i]) + "]+";
  }
  return pattern + ")" + escaped(separators.back());
}

using Groups = std::map<std::string, std::size_t>;

std::string describe(const Groups& groups, const std::string& pattern, const std::string& name) {
  constexpr std::size_t kMostShown = 3;
  std::vector<std::pair<std::size_t, std::string>> largest;
  for (const auto& [group, names] : groups) largest.emplace_back(names, group);
  std::stable_sort(largest.begin(), largest.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string shown;
  for (std::size_t i = 0; i < std::min(largest.size(), kMostShown); ++i) {
    shown += fmt::format("{}{} with {}", i == 0 ? "" : ", ", largest[i].second, largest[i].first);
  }
  if (largest.size() > kMostShown) shown += ", ...";
  return fmt::format(
      "names such as {} begin alike in {} groups of images ({}): if these are "
      "patients or scans, --group-pattern '{}' keeps each of them in one split",
      name, groups.size(), shown, pattern);
}

}  // namespace

namespace {

// Whether the pattern finds in each name what comes before its last separator: names may begin with
// one, or double it.
bool finds(const std::string& pattern, const std::vector<std::string>& names, std::size_t parts) {
  const std::regex regex(pattern);
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    std::smatch match;
    return std::regex_search(name, match, regex) &&
           match[1].str() == name.substr(0, find_separators(name)[parts - 1]);
  });
}

}  // namespace

std::optional<GroupSuggestion> suggest_groups(const std::vector<std::string>& names) {
  constexpr std::size_t kFewestGroups = 3, kFewestNames = 2;
  if (names.empty()) return std::nullopt;
  const std::size_t most = find_separators(names.front()).size();
  for (std::size_t parts = 1; parts <= most; ++parts) {
    Groups groups;
    std::string separators;
    for (const std::string& name : names) {
      const std::vector<std::size_t> places = find_separators(name);
      if (places.size() < parts) return std::nullopt;
      std::string found;
      for (std::size_t i = 0; i < parts; ++i) found += name[places[i]];
      if (!separators.empty() && found != separators) return std::nullopt;
      separators = found;
      ++groups[name.substr(0, places[parts - 1])];
    }
    if (groups.size() < kFewestGroups) continue;
    if (groups.size() * kFewestNames > names.size()) return std::nullopt;
    const std::string pattern = pattern_of(separators);
    if (!finds(pattern, names, separators.size())) return std::nullopt;
    return GroupSuggestion{pattern, groups.size(), describe(groups, pattern, names.front())};
  }
  return std::nullopt;
}

}  // namespace flexunet
