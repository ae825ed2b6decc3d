#include "flexunet/base/checksum.h"

#include <fmt/format.h>
#include <libdeflate.h>

namespace flexunet {

std::uint32_t crc32_of(std::string_view data, std::uint32_t before) {
  if (data.empty()) return before;  // of no address libdeflate, as zlib, makes 0
  return ::libdeflate_crc32(before, data.data(), data.size());
}

std::string checksum_text(std::uint32_t checksum) { return fmt::format("{:08x}", checksum); }

}  // namespace flexunet
