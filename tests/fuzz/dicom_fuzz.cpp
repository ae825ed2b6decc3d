// A DICOM file, as an image and as a mask.
#include "fuzz/fuzz_input.h"
#include "fuzz/fuzz_scans.h"
#include "scans/dicom_slice.h"

namespace flexunet {

bool reads_input(std::string_view input) {
  // The ending makes files without a beginning DICOM as well.
  const InputFile file(input, ".dcm");
  const bool was_read = reads_scan(file);
  // The fuzzer sees only what this process does, not its children. What was refused there may crash
  // here.
  if (was_read) dicom_picture(DicomFile(file.path()), 0, {}, "");
  return was_read;
}

}  // namespace flexunet
