#include <fmt/format.h>
#include <nifti2_io.h>

#include <cmath>
#include <memory>
#include <mutex>
#include <string>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/text.h"
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

std::unique_ptr<nifti_image, Release> parse(const std::filesystem::path& path) {
  static std::mutex mutex;  // the library keeps its settings in globals
  const std::lock_guard<std::mutex> lock(mutex);
  nifti_set_debug_level(0);  // it would print
  return std::unique_ptr<nifti_image, Release>(nifti_image_read(path.c_str(), 0));
}

}  // namespace

VolumeHeader read_nifti_header(const std::filesystem::path& path) {
  const std::string where = path.string();
  open_file(path);  // says why it cannot be read
  const auto image = parse(path);
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
  header.is_compressed = to_lower(path.extension().string()) == ".gz";
  return header;
}

}  // namespace flexunet
