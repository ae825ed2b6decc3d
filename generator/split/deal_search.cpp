#include "generator/split/deal_search.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <utility>

#include "flexunet/base/random.h"

namespace flexunet {
namespace {

// What is wrong with a deal, the worst first: sides without a group, pairs of class and side
// without an image, images too many or too few.
using Cost = std::tuple<std::size_t, std::size_t, std::size_t>;

// A deal that groups can be moved in.
class Deal {
 public:
  Deal(const std::vector<ImageGroup>& groups, const std::vector<std::size_t>& targets,
       std::vector<std::size_t> side_of)
      : groups_(groups),
        targets_(targets),
        side_of_(std::move(side_of)),
        images_(targets.size()),
        group_count_(targets.size()) {
    std::set<std::size_t> classes;
    for (const ImageGroup& group : groups) {
      for (const auto& [class_index, images] : group.class_images) classes.insert(class_index);
    }
    const std::size_t size = classes.empty() ? 0 : *classes.rbegin() + 1;
    groups_with_class_.assign(targets.size(), std::vector<std::size_t>(size));
    classes_.assign(classes.begin(), classes.end());
    for (std::size_t i = 0; i < groups.size(); ++i) put(i, side_of_[i]);
  }

  void move(std::size_t group, std::size_t side) {
    const std::size_t from = side_of_[group];
    images_[from] -= groups_[group].images;
    --group_count_[from];
    for (const auto& [class_index, images] : groups_[group].class_images) {
      --groups_with_class_[from][class_index];
    }
    put(group, side);
  }

  Cost cost() const {
    std::size_t empty = 0, gaps = 0, distance = 0;
    for (std::size_t side = 0; side < targets_.size(); ++side) {
      empty += group_count_[side] == 0 ? 1 : 0;
      for (const std::size_t class_index : classes_) {
        gaps += groups_with_class_[side][class_index] == 0 ? 1 : 0;
      }
      distance += images_[side] > targets_[side] ? images_[side] - targets_[side]
                                                 : targets_[side] - images_[side];
    }
    return {empty, gaps, distance};
  }

  const std::vector<std::size_t>& side_of() const { return side_of_; }

 private:
  void put(std::size_t group, std::size_t side) {
    side_of_[group] = side;
    images_[side] += groups_[group].images;
    ++group_count_[side];
    for (const auto& [class_index, images] : groups_[group].class_images) {
      ++groups_with_class_[side][class_index];
    }
  }

  const std::vector<ImageGroup>& groups_;
  const std::vector<std::size_t>& targets_;
  std::vector<std::size_t> side_of_;
  std::vector<std::size_t> images_;
  std::vector<std::size_t> group_count_;
  std::vector<std::vector<std::size_t>> groups_with_class_;  // by side and class
  std::vector<std::size_t> classes_;
};

// Counts through all deals as through the numbers of `sides` digits.
std::vector<std::size_t> try_all(Deal deal, std::size_t groups, std::size_t sides) {
  std::vector<std::size_t> best = deal.side_of();
  Cost best_cost = deal.cost();
  for (std::size_t i = 0; i < groups; ++i) deal.move(i, 0);
  for (std::size_t i = 0; i < groups;) {
    if (const Cost cost = deal.cost(); cost < best_cost) {
      best_cost = cost;
      best = deal.side_of();
    }
    for (i = 0; i < groups; ++i) {
      const std::size_t next = deal.side_of()[i] + 1;
      deal.move(i, next % sides);
      if (next < sides) break;
    }
  }
  return best;
}

std::vector<std::size_t> try_moves(Deal deal, std::size_t groups, std::size_t sides,
                                   std::uint64_t seed) {
  constexpr int kSteps = 20000;
  CounterRandom random(seed, groups);
  Cost cost = deal.cost();
  for (int step = 0; step < kSteps; ++step) {
    const std::size_t a = random.below(groups), b = random.below(groups);
    const std::size_t side_of_a = deal.side_of()[a], side_of_b = deal.side_of()[b];
    const bool exchanges = random.below(2) == 0;
    deal.move(a, exchanges ? side_of_b : random.below(sides));
    if (exchanges) deal.move(b, side_of_a);
    const Cost changed = deal.cost();
    if (changed <= cost) {
      cost = changed;
      continue;
    }
    if (exchanges) deal.move(b, side_of_b);
    deal.move(a, side_of_a);
  }
  return deal.side_of();
}

}  // namespace

std::size_t count_gaps(const std::vector<ImageGroup>& groups,
                       const std::vector<std::size_t>& side_of, std::size_t sides) {
  const std::vector<std::size_t> targets(sides);
  return std::get<1>(Deal(groups, targets, side_of).cost());
}

std::vector<std::size_t> close_gaps(const std::vector<ImageGroup>& groups,
                                    const std::vector<std::size_t>& targets,
                                    std::vector<std::size_t> side_of, std::uint64_t seed) {
  constexpr double kMostDeals = 1U << 20U;
  const std::size_t sides = targets.size();
  if (count_gaps(groups, side_of, sides) == 0) return side_of;
  const Deal deal(groups, targets, std::move(side_of));
  const bool can_try_all =
      std::pow(static_cast<double>(sides), static_cast<double>(groups.size())) <= kMostDeals;
  return can_try_all ? try_all(deal, groups.size(), sides)
                     : try_moves(deal, groups.size(), sides, seed);
}

}  // namespace flexunet
