#include "scans/dicom_elements.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcbytstr.h>
#include <dcmtk/dcmdata/dctk.h>
#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>
#include <system_error>

#include "flexunet/base/error.h"

namespace flexunet {
namespace {

std::string trimmed(const OFString& text) {
  constexpr const char* kBlanks = " \t\r\n\0";
  const std::string whole(text.c_str(), text.size());
  const std::string_view blanks(kBlanks, 5);
  const std::size_t first = whole.find_first_not_of(blanks);
  if (first == std::string::npos) return {};
  return whole.substr(first, whole.find_last_not_of(blanks) - first + 1);
}

// DS and IS (PS3.5, 6.2): DCMTK takes "1,5" for 1 or for nothing.
std::optional<double> parsed(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

template <typename Number, typename Get>
std::optional<double> got(Get get) {
  Number number = 0;
  if (get(number).bad()) return std::nullopt;
  return static_cast<double>(number);
}

// The number at a place of an element of any type that can hold one.
std::optional<double> number_at(DcmElement& element, unsigned long at) {
  switch (element.ident()) {
    case EVR_US:
    case EVR_xs:
      return got<Uint16>([&](Uint16& number) { return element.getUint16(number, at); });
    case EVR_SS:
      return got<Sint16>([&](Sint16& number) { return element.getSint16(number, at); });
    case EVR_UL:
      return got<Uint32>([&](Uint32& number) { return element.getUint32(number, at); });
    case EVR_SL:
      return got<Sint32>([&](Sint32& number) { return element.getSint32(number, at); });
    case EVR_FL:
      return got<Float32>([&](Float32& number) { return element.getFloat32(number, at); });
    case EVR_FD:
      return got<Float64>([&](Float64& number) { return element.getFloat64(number, at); });
    default:
      break;
  }
  OFString text;
  const bool is_text = dynamic_cast<DcmByteString*>(&element) != nullptr;
  if (!is_text || element.getOFString(text, at).bad()) return std::nullopt;
  return parsed(trimmed(text));
}

// What an element holds, for a message.
std::string shown(DcmElement& element) {
  constexpr std::size_t kLongest = 64;
  OFString text;
  if (dynamic_cast<DcmByteString*>(&element) == nullptr || element.getOFStringArray(text).bad()) {
    return fmt::format("a value of type {}", DcmVR(element.ident()).getVRName());
  }
  const std::string all = trimmed(text);
  return all.size() <= kLongest ? '"' + all + '"' : '"' + all.substr(0, kLongest) + "...\"";
}

}  // namespace

std::string element_name(const DcmTagKey& key) {
  DcmTag tag(key);
  return fmt::format("{} {}", tag.getTagName(), key.toString().c_str());
}

std::string element_text(DcmItem& item, const DcmTagKey& key) {
  OFString text;
  item.findAndGetOFString(key, text);
  return trimmed(text);
}

std::vector<double> element_numbers(DcmItem& item, const DcmTagKey& key, std::size_t count,
                                    const std::string& where) {
  DcmElement* element = nullptr;
  if (item.findAndGetElement(key, element).bad() || element->isEmpty()) return {};
  std::vector<double> numbers;
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = number_at(*element, static_cast<unsigned long>(i));
    if (!number || !std::isfinite(*number)) {
      throw DataError(fmt::format("{}: {} is {}: must be {}, fractions with a point", where,
                                  element_name(key), shown(*element),
                                  count == 1 ? "a number" : fmt::format("{} numbers", count)));
    }
    numbers.push_back(*number);
  }
  return numbers;
}

std::vector<std::uint16_t> element_words(DcmItem& item, const DcmTagKey& key) {
  const Uint16* words = nullptr;
  unsigned long count = 0;
  if (item.findAndGetUint16Array(key, words, &count).good() && words != nullptr) {
    return {words, words + count};
  }
  // Where pixels are signed, a table may describe itself in signed words.
  const Sint16* signed_words = nullptr;
  if (item.findAndGetSint16Array(key, signed_words, &count).bad() || signed_words == nullptr) {
    return {};
  }
  return {signed_words, signed_words + count};
}

double with_sign(std::uint16_t word, bool is_signed) {
  return is_signed ? static_cast<std::int16_t>(word) : static_cast<double>(word);
}

}  // namespace flexunet
