#include "scans/dicom_start.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace flexunet {
namespace {

// Takes little-endian numbers from the front; 0 beyond the end.
class Front {
 public:
  explicit Front(std::string_view bytes) : bytes_(bytes) {}

  std::uint32_t number(std::size_t size) {
    std::uint32_t value = 0;
    const std::string_view taken = text(size);
    for (std::size_t i = taken.size(); i-- > 0;)
      value = value << 8U | static_cast<unsigned char>(taken[i]);
    return value;
  }
  std::string_view text(std::size_t size) {
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(taken.size());
    return taken;
  }
  bool is_empty() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
};

bool is_upper(char letter) { return letter >= 'A' && letter <= 'Z'; }

// The length of the value that follows: after its type where the file gives one.
std::uint32_t take_length(Front& front) {
  constexpr std::string_view kLong[] = {"OB", "OW", "OF", "OD", "OL", "OV", "SQ",
                                        "UC", "UN", "UR", "UT", "SV", "UV"};
  Front ahead = front;
  const std::string_view type = ahead.text(2);
  if (type.size() < 2 || !is_upper(type[0]) || !is_upper(type[1])) return front.number(4);
  front = ahead;
  if (std::find(std::begin(kLong), std::end(kLong), type) == std::end(kLong))
    return front.number(2);
  front.number(2);
  return front.number(4);
}

}  // namespace

bool starts_as_data_set(std::string_view bytes) {
  constexpr std::uint32_t kMediaSopClass = 0x0002'0002, kSopClass = 0x0008'0016;
  constexpr std::string_view kOfDicom = "1.2.840.10008.";
  Front front(bytes);
  for (std::uint32_t before = 0; !front.is_empty();) {
    std::uint32_t tag = front.number(2) << 16U;
    tag |= front.number(2);
    const std::uint32_t group = tag >> 16U;
    if ((group != 2 && group != 8) || tag <= before) return false;
    before = tag;
    const std::string_view value = front.text(take_length(front));
    if (tag == kMediaSopClass || tag == kSopClass) {
      return value.substr(0, kOfDicom.size()) == kOfDicom;
    }
  }
  return false;
}

}  // namespace flexunet
