#pragma once

#include <cstdint>
#include <vector>

#include "scans/dicom_file.h"

namespace flexunet {

/// A table of DICOM's (PS3.3 C.7.6.3.1.5, C.11.2.1.1).
struct LookupTable {
  std::uint16_t first = 0;             ///< the value of the first entry, as 16 bits
  bool is_signed = false;              ///< whether the file says that `first` has a sign
  int bits = 16;                       ///< of an entry
  std::vector<std::uint16_t> entries;  ///< at least one
};

/// The table that `item` describes and holds; `what` names it in errors. Throws DataError.
LookupTable read_lookup_table(const DicomFile& file, DcmItem& item, const DcmTagKey& descriptor_key,
                              const DcmTagKey& data_key, const std::string& what);

}  // namespace flexunet
