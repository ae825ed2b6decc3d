#include "generator/common/group_names.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <regex>
#include <set>

namespace flexunet {
namespace {

std::vector<std::string> names_of(const char* form, int groups, int each) {
  std::vector<std::string> names;
  for (int group = 0; group < groups; ++group) {
    for (int i = 0; i < each; ++i) names.push_back(fmt::format(fmt::runtime(form), group, i));
  }
  return names;
}

TEST(SuggestGroups, FindsAPatternForPatientsWithSlices) {
  for (const char* form : {"1000{}_{:03}", "P{}-{}", "patient_{}_slice_{}", "patient {} {}",
                           "brats.{}.{}", "s_{}-a_{}"}) {
    const std::vector<std::string> names = names_of(form, 5, 4);
    const auto found = suggest_groups(names);
    ASSERT_TRUE(found) << form;
    EXPECT_EQ(found->groups, 5U) << form;
    std::set<std::string> groups;
    for (const std::string& name : names) {
      std::smatch match;
      ASSERT_TRUE(std::regex_search(name, match, std::regex(found->pattern)))
          << name << " " << found->pattern;
      groups.insert(match[1].str());
    }
    EXPECT_EQ(groups.size(), 5U) << found->pattern;
    EXPECT_NE(found->text.find(found->pattern), std::string::npos);
  }
}

TEST(SuggestGroups, IsSilentWhereNamesTellNothing) {
  EXPECT_FALSE(suggest_groups({}));
  EXPECT_FALSE(suggest_groups(names_of("1000{}{}", 5, 4)));
  EXPECT_FALSE(suggest_groups(names_of("crack_{}{:03}", 5, 4))) << "all are of one word";
  EXPECT_FALSE(suggest_groups(names_of("{}_{}", 2, 9))) << "two groups may be anything";
  EXPECT_FALSE(suggest_groups(names_of("{}_{}", 9, 1))) << "no two of one group";
  EXPECT_FALSE(suggest_groups(names_of("_{}_{}", 5, 4))) << "no pattern of this kind finds them";
  EXPECT_FALSE(suggest_groups(names_of("x__{}_{}", 5, 4)));
  std::vector<std::string> mixed = names_of("P{}_{}", 5, 4);
  mixed.emplace_back("overview");
  EXPECT_FALSE(suggest_groups(mixed));
}

}  // namespace
}  // namespace flexunet
