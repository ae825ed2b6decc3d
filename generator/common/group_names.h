#pragma once

#include <optional>
#include <string>
#include <vector>

namespace flexunet {

/// Groups that names tell of, such as patients with their slices.
struct GroupSuggestion {
  std::string pattern;  ///< a value of --group-pattern that finds them: "^([^_]+)_"
  std::size_t groups = 0;
  std::string text;  ///< for people: names, the largest groups, and the option
};

/// Whether names such as 10000_121 begin with a part that stands for a patient: all of them have
/// the same separators ('_', '-', ' ' or '.') around the shortest beginning that takes three values
/// or more, each for two names on average. Nothing where no such beginning is there.
std::optional<GroupSuggestion> suggest_groups(const std::vector<std::string>& names);

}  // namespace flexunet
