#pragma once

#include <cstdint>

namespace flexunet {

/// No deflated byte becomes more bytes than this (zlib's manual, "Maximum Compression Factor"): a
/// file that claims more is refused before memory is asked for.
inline constexpr std::uint64_t kBestDeflateRatio = 1032;

}  // namespace flexunet
