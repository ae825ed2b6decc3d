#pragma once

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace flexunet {

/// The numbers as they stand in a file.
template <typename Number>
std::string bytes_of(std::vector<Number> numbers, bool is_big_endian = false) {
  std::string bytes;
  for (const Number number : numbers) {
    std::string one(sizeof number, '\0');
    std::memcpy(one.data(), &number, sizeof number);
    if (is_big_endian) std::reverse(one.begin(), one.end());
    bytes += one;
  }
  return bytes;
}

/// What a NIfTI-1 header says.
struct Nifti {
  std::int16_t datatype = 4;  // 2: 8 bits without sign, 4: 16 with, 16: floating point
  std::int16_t bits = 16;
  std::vector<std::int16_t> dim{3, 4, 3, 2, 1, 1, 1, 1};
  float slope = 0.0F, intercept = 0.0F;
  std::vector<float> rows{};  ///< the 12 numbers of the affine (sform); none: no geometry
  bool is_big_endian = false;
};

/// The 348 bytes of a NIfTI-1 header and 4 that say that nothing follows before the voxels.
inline std::string nifti_header(const Nifti& nifti) {
  std::string header(352, '\0');
  const auto put = [&](std::size_t at, auto number) {
    using Number = decltype(number);
    header.replace(at, sizeof number, bytes_of(std::vector<Number>{number}, nifti.is_big_endian));
  };
  put(0, std::int32_t{348});
  for (std::size_t i = 0; i < 8; ++i) put(40 + 2 * i, nifti.dim[i]);
  put(70, nifti.datatype);
  put(72, nifti.bits);
  for (std::size_t i = 0; i < 8; ++i) put(76 + 4 * i, 1.0F);
  put(108, 352.0F);
  put(112, nifti.slope);
  put(116, nifti.intercept);
  if (!nifti.rows.empty()) put(254, std::int16_t{1});
  for (std::size_t i = 0; i < nifti.rows.size(); ++i) put(280 + 4 * i, nifti.rows[i]);
  header.replace(344, 3, "n+1");
  return header;
}

/// 0, step, 2 step, ...
inline std::vector<std::int16_t> counted(int count, int step = 1) {
  std::vector<std::int16_t> values;
  for (int i = 0; i < count; ++i) values.push_back(static_cast<std::int16_t>(step * i));
  return values;
}

/// The content as a gzip file.
inline std::string gzipped(const std::string& content) {
  std::string result(content.size() + 1024, '\0');
  z_stream stream{};
  constexpr int kGzip = 15 + 16, kMemory = 8;
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzip, kMemory, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  deflate(&stream, Z_FINISH);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

/// The content as zlib data.
inline std::string deflated(const std::string& content) {
  std::string result(compressBound(content.size()), '\0');
  uLongf size = result.size();
  compress(reinterpret_cast<Bytef*>(result.data()), &size,
           reinterpret_cast<const Bytef*>(content.data()), content.size());
  result.resize(size);
  return result;
}

/// The header of a MetaImage of 4x3x2 voxels; `fields` are further lines.
inline std::string meta_image(const std::string& fields, const std::string& data_file) {
  return "ObjectType = Image\nNDims = 3\nBinaryData = True\nDimSize = 4 3 2\n" + fields +
         "ElementDataFile = " + data_file + "\n";
}

}  // namespace flexunet
