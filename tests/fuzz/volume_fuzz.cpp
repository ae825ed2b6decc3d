// A volume: MetaImage where it begins as one, else gzipped or plain NIfTI.
#include "fuzz/fuzz_input.h"
#include "fuzz/fuzz_scans.h"

namespace flexunet {

bool reads_input(std::string_view input) {
  if (input.substr(0, 10) == "ObjectType") return reads_scan(InputFile(input, ".mha"));
  const bool is_gzip = input.substr(0, 2) == "\x1f\x8b";
  return reads_scan(InputFile(input, is_gzip ? ".nii.gz" : ".nii"));
}

}  // namespace flexunet
