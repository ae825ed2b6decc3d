#include "generator/split/dealing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "flexunet/base/error.h"

namespace flexunet {
namespace {

using Targets = std::vector<std::size_t>;

// Each side's images, and its images of a class.
Targets images_by_side(const std::vector<ImageGroup>& groups, const Targets& sides) {
  Targets images(3);
  for (std::size_t i = 0; i < groups.size(); ++i) images.at(sides[i]) += groups[i].images;
  return images;
}

Targets class_images_by_side(const std::vector<ImageGroup>& groups, const Targets& sides,
                             std::size_t class_index) {
  Targets images(3);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto found = groups[i].class_images.find(class_index);
    if (found != groups[i].class_images.end()) images.at(sides[i]) += found->second;
  }
  return images;
}

// `count` single images: all show class 0, every third class 1, `rare` of them class 2.
std::vector<ImageGroup> single_images(std::size_t count, std::size_t rare) {
  std::vector<ImageGroup> groups;
  for (std::size_t i = 0; i < count; ++i) {
    ImageGroup group{"source " + std::to_string(10001 + i), 1, {{0, 1}}};
    if (i % 3 == 0) group.class_images[1] = 1;
    if (i >= count - rare) group.class_images[2] = 1;
    groups.push_back(group);
  }
  return groups;
}

TEST(ImageTargets, AreThoseOfTheOriginal) {
  const std::vector<double> shares{0.7, 0.2, 0.1};
  EXPECT_EQ(image_targets(120, shares), (Targets{84, 24, 12}));
  EXPECT_EQ(image_targets(26, shares), (Targets{18, 5, 3}));
  EXPECT_EQ(image_targets(10, shares), (Targets{7, 2, 1}));
  EXPECT_EQ(image_targets(10, {0.75, 0.25}), (Targets{7, 3}));
}

TEST(ImageTargets, LeaveNoSideEmpty) {
  const std::vector<double> shares{0.7, 0.2, 0.1};
  EXPECT_EQ(image_targets(3, shares), (Targets{1, 1, 1}));
  EXPECT_EQ(image_targets(4, shares), (Targets{2, 1, 1}));
}

TEST(ImageTargets, AreEvenForFolds) {
  EXPECT_EQ(even_targets(11, 3), (Targets{4, 4, 3}));
  EXPECT_EQ(even_targets(9, 3), (Targets{3, 3, 3}));
}

TEST(DealGroups, MeetsTheTargetsWithSingleImages) {
  for (const std::size_t count : {10U, 26U, 97U, 120U}) {
    const auto groups = single_images(count, 4);
    const Targets targets = image_targets(count, {0.7, 0.2, 0.1});
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
      EXPECT_EQ(images_by_side(groups, deal_groups(groups, targets, seed)), targets) << count;
    }
  }
}

TEST(DealGroups, GivesEachSideItsShareOfEachClass) {
  const auto groups = single_images(120, 10);
  const Targets targets{84, 24, 12};
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Targets sides = deal_groups(groups, targets, seed);
    const Targets common = class_images_by_side(groups, sides, 1);
    for (std::size_t side = 0; side < 3; ++side) {
      EXPECT_NEAR(double(common[side]), 40.0 * double(targets[side]) / 120.0, 1.01) << seed;
    }
    EXPECT_EQ(class_images_by_side(groups, sides, 2), (Targets{7, 2, 1})) << seed;
  }
}

TEST(DealGroups, PutsARareClassOnEverySide) {
  const auto groups = single_images(120, 3);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Targets sides = deal_groups(groups, {84, 24, 12}, seed);
    EXPECT_EQ(class_images_by_side(groups, sides, 2), (Targets{1, 1, 1})) << seed;
  }
}

TEST(DealGroups, ComesNearTheTargetsWithLargeGroups) {
  std::vector<ImageGroup> groups;
  for (std::size_t i = 0; i < 30; ++i) {
    groups.push_back({"patient " + std::to_string(i), 5 + i % 8, {{i % 2, 3}}});
  }
  const Targets targets = image_targets(
      std::accumulate(groups.begin(), groups.end(), std::size_t{0},
                      [](std::size_t sum, const ImageGroup& g) { return sum + g.images; }),
      {0.7, 0.2, 0.1});
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Targets images = images_by_side(groups, deal_groups(groups, targets, seed));
    for (std::size_t side = 0; side < 3; ++side) {
      EXPECT_NEAR(double(images[side]), double(targets[side]), 12.0) << seed << ' ' << side;
    }
  }
}

TEST(DealGroups, LeavesNoSideEmpty) {
  const std::vector<ImageGroup> equal{{"a", 10, {}}, {"b", 10, {}}, {"c", 10, {}}};
  EXPECT_EQ(images_by_side(equal, deal_groups(equal, {21, 6, 3}, 1)), (Targets{10, 10, 10}));
  const std::vector<ImageGroup> groups{{"a", 20, {}}, {"b", 5, {}}, {"c", 5, {}}};
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const Targets images = images_by_side(groups, deal_groups(groups, {21, 6, 3}, seed));
    EXPECT_EQ(images, (Targets{20, 5, 5})) << seed;
  }
}

TEST(DealGroups, DependsOnSeedAndNamesAlone) {
  auto groups = single_images(60, 5);
  const Targets targets{42, 12, 6};
  const Targets sides = deal_groups(groups, targets, 137);
  EXPECT_NE(sides, deal_groups(groups, targets, 138));
  std::reverse(groups.begin(), groups.end());
  Targets again = deal_groups(groups, targets, 137);
  std::reverse(again.begin(), again.end());
  EXPECT_EQ(sides, again);
}

TEST(DealGroups, RefusesFewerGroupsThanSides) {
  try {
    deal_groups({{"a", 9, {}}, {"b", 1, {}}}, {7, 2, 1}, 1);
    FAIL();
  } catch (const DataError& error) {
    EXPECT_EQ(std::string(error.what()).rfind("2 groups of images cannot make 3 splits", 0), 0U)
        << error.what();
  }
}

}  // namespace
}  // namespace flexunet
