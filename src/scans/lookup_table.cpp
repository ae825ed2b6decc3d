#include "scans/lookup_table.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <fmt/format.h>

#include "scans/dicom_elements.h"

namespace flexunet {

LookupTable read_lookup_table(const DicomFile& file, DcmItem& item, const DcmTagKey& descriptor_key,
                              const DcmTagKey& data_key, const std::string& what) {
  const std::vector<std::uint16_t> descriptor = element_words(item, descriptor_key);
  const std::vector<std::uint16_t> data = element_words(item, data_key);
  if (descriptor.size() != 3)
    file.refuse(fmt::format("damaged: its {} has no complete description", what));
  if (data.empty())
    file.refuse(fmt::format("its {} is missing or in segments, which is not read", what));
  const std::size_t entries = descriptor[0] == 0 ? 65536 : descriptor[0];
  LookupTable table;
  table.first = descriptor[1];
  DcmElement* element = nullptr;
  table.is_signed =
      item.findAndGetElement(descriptor_key, element).good() && element->ident() == EVR_SS;
  table.bits = descriptor[2];
  const bool is_packed = data.size() < entries;  // two bytes a word
  if (is_packed && (table.bits != 8 || 2 * data.size() < entries)) {
    file.refuse(fmt::format("damaged: its {} holds {} of {} entries", what, data.size(), entries));
  }
  for (std::size_t i = 0; i < entries; ++i) {
    const std::uint16_t word = data[is_packed ? i / 2 : i];
    table.entries.push_back(is_packed ? static_cast<std::uint16_t>(word >> (i % 2 * 8) & 0xFFU)
                                      : word);
  }
  return table;
}

}  // namespace flexunet
