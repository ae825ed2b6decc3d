#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace flexunet {

/// Images that must stay together.
struct ImageGroup {
  std::string name;
  std::size_t images = 0;                           ///< at least 1
  std::map<std::size_t, std::size_t> class_images;  ///< number of images that show a class
};

/// How many of `images` go where: int(share * images) each and the rest to the last, as the
/// original counts, but at least one each where there are as many. `shares` are above 0 and add up
/// to 1.
std::vector<std::size_t> image_targets(std::size_t images, const std::vector<double>& shares);

/// `images` in `parts` that differ by at most one, larger ones first.
std::vector<std::size_t> even_targets(std::size_t images, std::size_t parts);

/// Deals groups to as many sides as there are `targets` (numbers of images): the side of each
/// group. Large groups come first, equal ones in an order that depends on the seed alone; of the
/// classes the rarest is dealt first, to the side that lacks most of its share of it (iterative
/// stratification: Sechidis, Tsoumakas, Vlahavas 2011), so that single images meet the targets and
/// each class is on each side that can have it; where a side lacks one after that, other deals are
/// searched (deal_search.h), which may miss the targets by more. Every side gets a group. Throws
/// DataError when there are fewer groups than sides.
std::vector<std::size_t> deal_groups(const std::vector<ImageGroup>& groups,
                                     const std::vector<std::size_t>& targets, std::uint64_t seed);

}  // namespace flexunet
