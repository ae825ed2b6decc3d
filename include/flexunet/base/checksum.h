#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace flexunet {

/// CRC-32 (ISO 3309, as in zlib and PNG) of bytes, going on from that of the bytes before them.
std::uint32_t crc32_of(std::string_view data, std::uint32_t before = 0);

/// A checksum as files show it: eight hexadecimal digits in lower case.
std::string checksum_text(std::uint32_t checksum);

}  // namespace flexunet
