// A DICOM file, as an image and as a mask.
#include "fuzz/fuzz_input.h"
#include "fuzz/fuzz_scans.h"
#include "scans/dicom_description.h"
#include "scans/dicom_slice.h"

namespace flexunet {

bool reads_input(std::string_view input) {
  // The ending makes files without a beginning DICOM as well.
  const InputFile file(input, ".dcm");
  const bool was_read = reads_scan(file);
  // The fuzzer sees only what this process does, not its children. What was refused there may crash
  // here.
  if (!was_read) return false;
  const DicomFile dicom(file.path());
  ScanIntensity intensity;
  intensity.use_window = true;
  for (const ScanIntensity& asked : {ScanIntensity(), intensity}) {
    // Only what was asked for above has been read: the other may be refused.
    reads_or_refuses<DataError>(file.path().string(),
                                [&] { dicom_picture(dicom, 0, asked, file.path().string()); });
  }
  const DicomFacts facts = find_facts(dicom);
  require(!facts.frames.empty(), "facts of a frame");
  return true;
}

}  // namespace flexunet
