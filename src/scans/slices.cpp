#include <fmt/format.h>

#include <map>
#include <set>

#include "flexunet/base/error.h"
#include "flexunet/base/findings.h"
#include "flexunet/base/side_files.h"
#include "flexunet/base/text.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/scans/scans.h"
#include "scans/dicom_reader.h"
#include "scans/gray_map.h"
#include "scans/scan_files.h"
#include "scans/slice_order.h"
#include "scans/volume.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

ScanSlice describe_picture(const fs::path& path) {
  ScanSlice slice;
  slice.file = path;
  slice.size = load_image(path, {}, 0).rgb.size();
  slice.count = count_pages(path);
  return slice;
}

ScanSlice describe_volume(const fs::path& path, SlicePlane plane) {
  const auto volume = open_volume(path);
  ScanSlice slice;
  slice.file = path;
  slice.count = volume->count(plane);
  slice.size = volume->size(plane);
  slice.series = path.filename().string();
  slice.geometry = volume->header().geometry;
  return slice;
}

ScanKind require_kind(const fs::path& path) {
  const auto kind = scan_kind(path);
  if (kind) return *kind;
  const std::string ending = to_lower(path.extension().string());
  if (ending == ".hdr" || ending == ".img") {
    throw DataError(path.string() +
                    ": NIfTI or Analyze in two files (.hdr and .img), which is not read: convert "
                    "it to .nii.gz");
  }
  throw DataError(
      path.string() +
      ": of no kind that is read: DICOM, NIfTI (.nii .nii.gz), MetaImage (.mha "
      ".mhd), or a picture (.png .jpg .jpeg .tif .tiff .bmp); DICOM that does not begin "
      "as such is read where it is named .dcm");
}

// Watches that the slices of each DICOM series are of one size: others are not one stack.
class SeriesSizes {
 public:
  // Throws DataError at a series' first slice that differs from those before.
  void check(const ScanSlice& slice) {
    if (slice.series.empty()) return;
    Series& series = all_[slice.patient + '\n' + slice.series];
    if (series.file.empty()) series = {slice.file, slice.size, false};
    if (slice.size == series.size || series.is_told) return;
    series.is_told = true;
    throw DataError(
        fmt::format("{}: {}x{} pixels, but {} of the same series has {}x{}: a series "
                    "must be of one size (series {})",
                    slice.file.string(), slice.size.width, slice.size.height, series.file.string(),
                    series.size.width, series.size.height, slice.series));
  }

 private:
  struct Series {
    fs::path file;
    cv::Size size;
    bool is_told = false;
  };
  std::map<std::string, Series> all_;
};

// The first slice of a file; the others differ by their index alone.
ScanSlice describe(const fs::path& path, SlicePlane plane, SeriesSizes& sizes) {
  switch (require_kind(path)) {
    case ScanKind::kDicom: {
      ScanSlice slice = describe_dicom(path);
      sizes.check(slice);
      return slice;
    }
    case ScanKind::kNifti:
    case ScanKind::kMetaImage:
      return describe_volume(path, plane);
    case ScanKind::kPicture:
      break;
  }
  return describe_picture(path);
}

// The files that hold the voxels of .mhd files.
std::set<fs::path> find_data_files(const std::vector<fs::path>& files) {
  std::set<fs::path> data_files;
  for (const fs::path& path : files) {
    if (to_lower(path.extension().string()) != ".mhd") continue;
    try {
      const fs::path data = read_meta_image_header(path).data_file;
      if (data != path) data_files.insert(data.lexically_normal());
    } catch (const DataError&) {
      continue;  // told when the file itself is looked at
    }
  }
  return data_files;
}

// What only serves other files.
bool is_helper(const fs::path& path, const std::set<fs::path>& data_files) {
  if (data_files.count(path.lexically_normal()) > 0) return true;
  return is_dicom_directory(path);
}

struct VolumeSlice {
  std::shared_ptr<const Volume> volume;
  cv::Mat values;
};

VolumeSlice read_volume_slice(const ScanSlice& slice, SlicePlane plane) {
  const auto volume = open_volume(slice.file);
  const int count = volume->count(plane, slice.turn);
  if (slice.index < 0 || slice.index >= count) {
    throw DataError(fmt::format("{}: there are {} slices in this plane", slice.name(), count));
  }
  return {volume, volume->slice(plane, slice.index, slice.turn)};
}

}  // namespace

std::string ScanSlice::name() const {
  return count > 1 ? fmt::format("{}#{}", file.string(), index + 1) : file.string();
}

SliceListing list_slices(const fs::path& where, SlicePlane plane) {
  const FoundFiles found = find_files(where);
  const std::set<fs::path> data_files = find_data_files(found.files);
  SliceListing listing;
  if (!found.passed_over.empty()) {
    listing.warnings.push_back(side_files_text(where, found.passed_over));
  }
  std::vector<ScanSlice> first_slices;
  SeriesSizes sizes;
  Findings findings;
  for (const std::string& problem : found.problems) findings.add(problem);
  for (const fs::path& path : found.files) {
    try {
      if (path != where && is_helper(path, data_files)) continue;
      first_slices.push_back(describe(path, plane, sizes));
    } catch (const DataError& error) {
      findings.add(error.what());
    }
  }
  findings.throw_if_any<DataError>();
  if (first_slices.empty()) throw DataError(where.string() + ": holds no files");
  order_files(first_slices);
  for (ScanSlice& slice : first_slices) {
    for (slice.index = 0; slice.index < slice.count; ++slice.index) listing.slices.push_back(slice);
  }
  return listing;
}

std::vector<ScanSlice> lay_over(const ScanSlice& mask, const ScanSlice& image) {
  ScanSlice slice = mask;
  if (mask.geometry && image.geometry) {
    const auto turn = find_turn(*mask.geometry, *image.geometry);
    if (!turn) {
      throw DataError(fmt::format("{} does not lie over {}: {}", mask.file.string(),
                                  image.file.string(),
                                  explain_mismatch(*mask.geometry, *image.geometry)));
    }
    slice.turn = *turn;
    slice.size = image.size;
    slice.count = image.count;
  }
  std::vector<ScanSlice> slices;
  for (slice.index = 0; slice.index < slice.count; ++slice.index) slices.push_back(slice);
  return slices;
}

cv::Mat read_slice(const ScanSlice& slice, const ScanIntensity& intensity, SlicePlane plane) {
  switch (require_kind(slice.file)) {
    case ScanKind::kDicom:
      return read_dicom(slice, intensity);
    case ScanKind::kNifti:
    case ScanKind::kMetaImage: {
      std::optional<GrayRange> range;
      if (intensity.range) range = GrayRange{intensity.range->first, intensity.range->second};
      return gray_to_rgb(map_to_bytes(read_volume_slice(slice, plane).values, range, slice.name()));
    }
    case ScanKind::kPicture:
      break;
  }
  std::optional<IntensityRange> range;
  if (intensity.range) {
    range = IntensityRange{cvRound(intensity.range->first), cvRound(intensity.range->second)};
  }
  return load_image(slice.file, range, slice.index).rgb;
}

cv::Mat read_label_slice(const ScanSlice& slice, SlicePlane plane) {
  switch (require_kind(slice.file)) {
    case ScanKind::kDicom:
      return read_dicom_labels(slice);
    case ScanKind::kNifti:
    case ScanKind::kMetaImage: {
      const auto [volume, values] = read_volume_slice(slice, plane);
      return gray_to_rgb(labels_to_bytes(values, slice.name(), volume->label_tolerance()));
    }
    case ScanKind::kPicture:
      break;
  }
  return load_mask(slice.file, {}, slice.index).rgb;
}

}  // namespace flexunet
