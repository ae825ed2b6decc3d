#pragma once

#include <string_view>

namespace flexunet {

/// Enough of a file for starts_as_data_set.
constexpr std::size_t kDataSetStart = 4096;

/// Whether bytes, the beginning of a file, are the elements of a DICOM data set without the 128
/// bytes and four letters that belong before it: in implicit or explicit little endian
/// (PS3.5, 7.1), of the groups 2 and 8 in rising order, up to a SOPClassUID of DICOM's.
bool starts_as_data_set(std::string_view bytes);

}  // namespace flexunet
