#include <fmt/format.h>
#include <nifti2_io.h>
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "scans/volume.h"

namespace flexunet {
namespace {

ValueType value_type(int datatype, const std::string& where) {
  switch (datatype) {
    case DT_UINT8:
      return ValueType::kU8;
    case DT_INT8:
      return ValueType::kS8;
    case DT_UINT16:
      return ValueType::kU16;
    case DT_INT16:
      return ValueType::kS16;
    case DT_UINT32:
      return ValueType::kU32;
    case DT_INT32:
      return ValueType::kS32;
    case DT_UINT64:
      return ValueType::kU64;
    case DT_INT64:
      return ValueType::kS64;
    case DT_FLOAT32:
      return ValueType::kF32;
    case DT_FLOAT64:
      return ValueType::kF64;
    default:
      throw DataError(fmt::format(
          "{}: values of NIfTI type {} are not read: whole numbers of 8 to 64 bits and floating "
          "point numbers of 32 and 64 are",
          where, nifti_datatype_string(datatype)));
  }
}

struct Release {
  void operator()(nifti_image* image) const { nifti_image_free(image); }
};

// The beginning of a file, expanded where it is compressed: zlib passes other content on as it is.
std::string first_bytes(const std::filesystem::path& path, std::size_t size) {
  std::string bytes(size, '\0');
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  const int read = file ? gzread(file.get(), bytes.data(), static_cast<unsigned>(size)) : 0;
  bytes.resize(static_cast<std::size_t>(std::max(read, 0)));
  return bytes;
}

bool is_gzip(const std::filesystem::path& path) {
  std::ifstream file = open_file(path);
  return file.get() == 0x1F && file.get() == 0x8B;
}

// By the header alone and not by nifti_image_read, which goes by the ending of the name.
std::unique_ptr<nifti_image, Release> parse(const std::string& bytes) {
  static std::mutex mutex;  // the library keeps its settings in globals
  const std::lock_guard<std::mutex> lock(mutex);
  nifti_set_debug_level(0);  // it would print
  nifti_image* image = nullptr;
  const int version = nifti_header_version(bytes.data(), bytes.size());
  if (version == 1 && bytes.size() >= sizeof(nifti_1_header)) {
    nifti_1_header header;
    std::memcpy(&header, bytes.data(), sizeof header);
    image = nifti_convert_n1hdr2nim(header, nullptr);
  } else if (version == 2 && bytes.size() >= sizeof(nifti_2_header)) {
    nifti_2_header header;
    std::memcpy(&header, bytes.data(), sizeof header);
    image = nifti_convert_n2hdr2nim(header, nullptr);
  }
  return std::unique_ptr<nifti_image, Release>(image);
}

std::optional<VolumeGeometry> geometry_of(const nifti_image& image) {
  if (image.sform_code <= 0 && image.qform_code <= 0) return std::nullopt;
  const nifti_dmat44& matrix = image.sform_code > 0 ? image.sto_xyz : image.qto_xyz;
  VolumeGeometry geometry;
  geometry.extent = {image.nx, image.ny, image.nz};
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) geometry.steps(row, column) = matrix.m[row][column];
    geometry.origin[row] = matrix.m[row][3];
  }
  return geometry;
}

}  // namespace

VolumeHeader read_nifti_header(const std::filesystem::path& path) {
  const std::string where = path.string();
  open_file(path);  // says why it cannot be read
  const auto image = parse(first_bytes(path, sizeof(nifti_2_header)));
  const bool is_one_file = image && (image->nifti_type == NIFTI_FTYPE_NIFTI1_1 ||
                                     image->nifti_type == NIFTI_FTYPE_NIFTI2_1);
  if (!is_one_file || image->iname_offset < 0) {
    throw DataError(where + ": not NIfTI: truncated, damaged or of another kind");
  }
  for (const std::int64_t beyond : {image->nt, image->nu, image->nv, image->nw}) {
    if (beyond > 1) {
      throw DataError(
          fmt::format("{}: {} dimensions (more than one volume): split it into volumes of three",
                      where, image->ndim));
    }
  }
  VolumeHeader header;
  header.extent = {image->nx, image->ny, image->nz};
  header.type = value_type(image->datatype, where);
  header.is_big_endian = image->byteorder != nifti_short_order();  // here it is little
  if (image->scl_slope != 0.0) {                                   // 0 stands for none
    header.slope = image->scl_slope;
    header.intercept = image->scl_inter;
  }
  header.data_file = path;
  header.offset = static_cast<std::uint64_t>(image->iname_offset);
  header.is_compressed = is_gzip(path);
  header.geometry = geometry_of(*image);
  return header;
}

}  // namespace flexunet
