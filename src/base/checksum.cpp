#include "flexunet/base/checksum.h"

#include <fmt/format.h>
#include <zlib.h>

namespace flexunet {

std::uint32_t crc32_of(std::string_view data, std::uint32_t before) {
  return static_cast<std::uint32_t>(
      ::crc32_z(before, reinterpret_cast<const Bytef*>(data.data()), data.size()));
}

std::string checksum_text(std::uint32_t checksum) { return fmt::format("{:08x}", checksum); }

}  // namespace flexunet
