// A DICOM file, as an image and as a mask.
#include "fuzz_input.h"
#include "fuzz_scans.h"

namespace flexunet {

// The ending makes files without a beginning DICOM as well.
bool reads_input(std::string_view input) { return reads_scan(InputFile(input, ".dcm")); }

}  // namespace flexunet
