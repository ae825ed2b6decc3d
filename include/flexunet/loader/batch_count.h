#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>

namespace flexunet {

/// Batches of a run through so many samples, the last one of which may be short; at most `limit`.
inline std::size_t count_batches(std::size_t samples, int batch_size,
                                 std::optional<int> limit = {}) {
  const auto size = static_cast<std::size_t>(batch_size);
  const std::size_t batches = (samples + size - 1) / size;
  return limit ? std::min(batches, static_cast<std::size_t>(*limit)) : batches;
}

}  // namespace flexunet
