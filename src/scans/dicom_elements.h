#pragma once

#include <cstdint>
#include <string>
#include <vector>

class DcmItem;
class DcmTagKey;

namespace flexunet {

/// An element for people: "RescaleSlope (0028,1053)".
std::string element_name(const DcmTagKey& key);

/// The text of an element, without the blanks around it; empty where there is none.
std::string element_text(DcmItem& item, const DcmTagKey& key);

/// The first `count` numbers of an element, all finite; none where the element is missing or empty.
/// Throws DataError that starts with `where` and names element and value when there are fewer or
/// one is no number.
std::vector<double> element_numbers(DcmItem& item, const DcmTagKey& key, std::size_t count,
                                    const std::string& where);

/// The words of 16 bits of an element, whether they have a sign or not; none where it is missing or
/// of another type.
std::vector<std::uint16_t> element_words(DcmItem& item, const DcmTagKey& key);

/// A word as a number, in two's complement where it has a sign.
double with_sign(std::uint16_t word, bool is_signed);

}  // namespace flexunet
