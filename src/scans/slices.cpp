#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <fmt/format.h>

#include <map>

#include "dicom_file.h"
#include "dicom_slice.h"
#include "flexunet/base/error.h"
#include "flexunet/base/findings.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/scans/scans.h"
#include "gray_map.h"
#include "scan_files.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

ScanSlice describe_picture(const fs::path& path) {
  ScanSlice slice;
  slice.file = path;
  slice.size = read_picture(path).size();
  return slice;
}

ScanSlice describe_dicom(const fs::path& path) {
  const DicomFile file(path);
  ScanSlice slice;
  slice.file = path;
  slice.count = file.layout().frames;
  slice.size = file.layout().size;
  slice.patient = file.text(DCM_PatientID);
  slice.series = file.text(DCM_SeriesInstanceUID);
  return slice;
}

ScanKind require_kind(const fs::path& path) {
  const auto kind = scan_kind(path);
  if (kind) return *kind;
  throw DataError(path.string() +
                  ": of no kind that is read: DICOM, or a picture (.png .jpg .jpeg .tif .tiff "
                  ".bmp)");
}

// The first slice of a file; the others differ by their index alone.
ScanSlice describe(const fs::path& path) {
  switch (require_kind(path)) {
    case ScanKind::kDicom:
      return describe_dicom(path);
    default:
      return describe_picture(path);
  }
}

// Slices of one series that differ in size are not one stack.
void check_sizes(const std::vector<ScanSlice>& slices, Findings& findings) {
  struct Series {
    const ScanSlice* first = nullptr;
    bool is_told = false;
  };
  std::map<std::string, Series> all;
  for (const ScanSlice& slice : slices) {
    if (slice.series.empty()) continue;
    Series& series = all[slice.patient + '\n' + slice.series];
    if (series.first == nullptr) series.first = &slice;
    const ScanSlice& first = *series.first;
    if (slice.size == first.size || series.is_told) continue;
    series.is_told = true;
    findings.add(
        fmt::format("{}: {}x{} pixels, but {} of the same series has {}x{}: a series must "
                    "be of one size (series {})",
                    slice.file.string(), slice.size.width, slice.size.height, first.file.string(),
                    first.size.width, first.size.height, slice.series));
  }
}

}  // namespace

std::string ScanSlice::name() const {
  return count > 1 ? fmt::format("{}#{}", file.string(), index + 1) : file.string();
}

std::vector<ScanSlice> list_slices(const fs::path& where, SlicePlane) {
  std::vector<ScanSlice> slices;
  Findings findings;
  for (const fs::path& path : find_files(where)) {
    try {
      if (path != where && starts_as_dicom(path) && is_dicom_directory(path)) continue;
      ScanSlice slice = describe(path);
      for (slice.index = 0; slice.index < slice.count; ++slice.index) slices.push_back(slice);
    } catch (const DataError& error) {
      findings.add(error.what());
    }
  }
  check_sizes(slices, findings);
  findings.throw_if_any<DataError>();
  if (slices.empty()) throw DataError(where.string() + ": holds no files");
  return slices;
}

cv::Mat read_slice(const ScanSlice& slice, const ScanIntensity& intensity, SlicePlane) {
  switch (require_kind(slice.file)) {
    case ScanKind::kDicom:
      return read_dicom_slice(DicomFile(slice.file), slice.index, intensity, slice.name());
    default:
      break;
  }
  std::optional<IntensityRange> range;
  if (intensity.range) {
    range = IntensityRange{cvRound(intensity.range->first), cvRound(intensity.range->second)};
  }
  return read_scaled_picture(slice.file, range);
}

cv::Mat read_label_slice(const ScanSlice& slice, SlicePlane) {
  switch (require_kind(slice.file)) {
    case ScanKind::kDicom:
      return read_dicom_labels(DicomFile(slice.file), slice.index, slice.name());
    default:
      return read_picture(slice.file);
  }
}

}  // namespace flexunet
