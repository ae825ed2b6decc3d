#include <fmt/format.h>

#include <map>
#include <string>
#include <utility>

#include "flexunet/base/error.h"
#include "flexunet/base/findings.h"
#include "flexunet/scans/scans.h"

namespace flexunet {
namespace {

DicomWindow window_of(const ScanSlice& slice) {
  if (slice.dicom) return slice.dicom->frame(slice.index).window;
  // A volume has gray values without a window, a picture is shown as it is.
  return slice.series.empty() ? DicomWindow::kNotNeeded : DicomWindow::kNone;
}

}  // namespace

std::size_t count_without_window(const std::vector<ScanSlice>& slices) {
  std::map<std::pair<std::string, std::string>, const ScanSlice*> with_window;
  for (const ScanSlice& slice : slices) {
    if (window_of(slice) == DicomWindow::kPresent) {
      with_window.emplace(std::pair(slice.patient, slice.series), &slice);
    }
  }
  std::size_t without = 0;
  Findings findings;
  for (const ScanSlice& slice : slices) {
    if (window_of(slice) != DicomWindow::kNone) continue;
    ++without;
    const auto other = with_window.find({slice.patient, slice.series});
    if (other == with_window.end()) continue;
    findings.add(
        fmt::format("{}: has neither a window nor a VOILUTSequence, but {} of the same "
                    "series has: --range LOW HIGH gives both the same grays",
                    slice.name(), other->second->name()));
  }
  findings.throw_if_any<DataError>();
  return without;
}

}  // namespace flexunet
