#include "generator/split/dealing.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <tuple>

#include "flexunet/base/error.h"
#include "flexunet/base/random.h"
#include "generator/split/deal_search.h"

namespace flexunet {
namespace {

// What one side has got so far and what it should get.
struct Side {
  double share = 0;
  std::ptrdiff_t room = 0;  // images until the target; below 0 beyond it
  std::size_t groups = 0;
  std::map<std::size_t, std::size_t> class_images;
};

class Dealer {
 public:
  Dealer(const std::vector<ImageGroup>& groups, const std::vector<std::size_t>& targets)
      : groups_(groups), side_of_(groups.size(), kNone) {
    const auto total =
        static_cast<double>(std::accumulate(targets.begin(), targets.end(), std::size_t{0}));
    for (const std::size_t target : targets) {
      sides_.push_back(
          {static_cast<double>(target) / total, static_cast<std::ptrdiff_t>(target), 0, {}});
    }
    for (const ImageGroup& group : groups) {
      for (const auto& [class_index, images] : group.class_images) {
        class_total_[class_index] += images;
        ++groups_left_[class_index];
      }
    }
  }

  std::vector<std::size_t> deal(const std::vector<std::size_t>& order) {
    while (const std::optional<std::size_t> rarest = rarest_class()) {
      for (const std::size_t group : order) {
        if (side_of_[group] == kNone && groups_[group].class_images.count(*rarest) > 0) {
          give(group, choose(group, rarest));
        }
      }
    }
    for (const std::size_t group : order) {
      if (side_of_[group] == kNone) give(group, choose(group, std::nullopt));
    }
    return side_of_;
  }

 private:
  static constexpr std::size_t kNone = SIZE_MAX;
  using Places = std::vector<std::size_t>;

  // Of those that have groups left.
  std::optional<std::size_t> rarest_class() const {
    std::optional<std::size_t> rarest;
    for (const auto& [class_index, left] : groups_left_) {
      if (left > 0 && (!rarest || left < groups_left_.at(*rarest))) rarest = class_index;
    }
    return rarest;
  }

  std::size_t choose(std::size_t group, std::optional<std::size_t> class_index) const {
    Places places = sides_where([](const Side&) { return true; });
    const Places empty = sides_where([](const Side& side) { return side.groups == 0; });
    const std::size_t left = groups_.size() - dealt_;
    if (left <= empty.size()) places = empty;
    places = roomy_places(places, static_cast<std::ptrdiff_t>(groups_[group].images));
    if (class_index) places = lacking_places(places, *class_index);
    return *std::max_element(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
      return std::tuple(lack(a, class_index), sides_[a].room) <
             std::tuple(lack(b, class_index), sides_[b].room);
    });
  }

  template <typename Condition>
  Places sides_where(const Condition& condition) const {
    Places places;
    for (std::size_t i = 0; i < sides_.size(); ++i) {
      if (condition(sides_[i])) places.push_back(i);
    }
    return places;
  }

  // Those that the images fit into, else the one that comes nearest to it.
  Places roomy_places(const Places& places, std::ptrdiff_t images) const {
    Places roomy;
    std::copy_if(places.begin(), places.end(), std::back_inserter(roomy),
                 [&](std::size_t i) { return sides_[i].room >= images; });
    if (!roomy.empty()) return roomy;
    return {*std::max_element(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
      return sides_[a].room < sides_[b].room;
    })};
  }

  // While a class has just as many groups left as sides that lack it, these come first.
  Places lacking_places(const Places& places, std::size_t class_index) const {
    const auto lacks = [&](const Side& side) { return side.class_images.count(class_index) == 0; };
    if (groups_left_.at(class_index) > sides_where(lacks).size()) return places;
    Places lacking;
    std::copy_if(places.begin(), places.end(), std::back_inserter(lacking),
                 [&](std::size_t i) { return lacks(sides_[i]); });
    return lacking.empty() ? places : lacking;
  }

  // Images of the class, or of any, until the side has its share.
  double lack(std::size_t side, std::optional<std::size_t> class_index) const {
    if (!class_index) return 0;
    const auto has = sides_[side].class_images.find(*class_index);
    return sides_[side].share * static_cast<double>(class_total_.at(*class_index)) -
           (has == sides_[side].class_images.end() ? 0.0 : static_cast<double>(has->second));
  }

  void give(std::size_t group, std::size_t place) {
    side_of_[group] = place;
    ++dealt_;
    Side& side = sides_[place];
    side.room -= static_cast<std::ptrdiff_t>(groups_[group].images);
    ++side.groups;
    for (const auto& [class_index, images] : groups_[group].class_images) {
      side.class_images[class_index] += images;
      --groups_left_.at(class_index);
    }
  }

  const std::vector<ImageGroup>& groups_;
  std::vector<Side> sides_;
  std::vector<std::size_t> side_of_;
  std::map<std::size_t, std::size_t> class_total_;  // images
  std::map<std::size_t, std::size_t> groups_left_;
  std::size_t dealt_ = 0;
};

}  // namespace

std::vector<std::size_t> image_targets(std::size_t images, const std::vector<double>& shares) {
  std::vector<std::size_t> targets;
  std::size_t left = images;
  for (std::size_t i = 0; i + 1 < shares.size(); ++i) {
    targets.push_back(static_cast<std::size_t>(shares[i] * static_cast<double>(images)));
    left -= targets.back();
  }
  targets.push_back(left);
  for (std::size_t& target : targets) {
    // The last of the largest, so that training keeps what it can.
    const auto largest = std::max_element(targets.rbegin(), targets.rend());
    if (target > 0 || *largest < 2) continue;
    --*largest;
    ++target;
  }
  return targets;
}

std::vector<std::size_t> even_targets(std::size_t images, std::size_t parts) {
  std::vector<std::size_t> targets;
  for (std::size_t i = 0; i < parts; ++i) {
    targets.push_back(images / parts + (i < images % parts ? 1 : 0));
  }
  return targets;
}

std::vector<std::size_t> deal_groups(const std::vector<ImageGroup>& groups,
                                     const std::vector<std::size_t>& targets, std::uint64_t seed) {
  if (groups.size() < targets.size()) {
    throw DataError(
        fmt::format("{} group{} of images cannot make {} splits: each needs one, and a group (a "
                    "patient, a series, or an image with its variants) is never divided",
                    groups.size(), groups.size() == 1 ? "" : "s", targets.size()));
  }
  std::vector<std::size_t> by_name(groups.size());
  std::iota(by_name.begin(), by_name.end(), std::size_t{0});
  std::sort(by_name.begin(), by_name.end(),
            [&](std::size_t a, std::size_t b) { return groups[a].name < groups[b].name; });
  std::vector<std::size_t> order;
  for (const std::size_t i : shuffled_order(groups.size(), seed, 0)) order.push_back(by_name[i]);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return groups[a].images > groups[b].images;
  });
  return close_gaps(groups, targets, Dealer(groups, targets).deal(order), seed);
}

}  // namespace flexunet
