#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "generator/split/dealing.h"

namespace flexunet {

/// How many pairs of class and side there are such that no image of the side shows the class.
std::size_t count_gaps(const std::vector<ImageGroup>& groups,
                       const std::vector<std::size_t>& side_of, std::size_t sides);

/// A deal with fewer gaps than `side_of`, and among those with the fewest one that comes nearest to
/// the targets; `side_of` itself where no better one is found. All deals are looked at where they
/// are 2^20 at most, else 20,000 random moves and exchanges of groups, as the seed says.
std::vector<std::size_t> close_gaps(const std::vector<ImageGroup>& groups,
                                    const std::vector<std::size_t>& targets,
                                    std::vector<std::size_t> side_of, std::uint64_t seed);

}  // namespace flexunet
