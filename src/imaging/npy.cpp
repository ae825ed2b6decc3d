#include "flexunet/imaging/npy.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <string>

#include "flexunet/base/deflate.h"
#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/imaging/png_codec.h"
#include "imaging/intensity.h"
#include "imaging/npy_array.h"

namespace flexunet {
namespace {

void check_data_size(const NpyHeader& header, std::uint64_t available, const std::string& where) {
  if (header.data_size == available) return;
  throw DataError(
      fmt::format("{}: its header promises {} of {}-byte elements, {} bytes, but {} follow", where,
                  header.shape_text(), header.item_size, header.data_size, available));
}

class ZipArchive {
 public:
  // Reads from `bytes`, which must outlive the archive.
  ZipArchive(const std::string& bytes, const std::string& where)
      : where_(where), archive_size_(bytes.size()) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    if (source != nullptr) archive_.reset(zip_open_from_source(source, ZIP_RDONLY, &error));
    if (archive_ == nullptr && source != nullptr) zip_source_free(source);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    if (archive_ == nullptr)
      throw DataError(fmt::format("{}: not an .npz archive: {}", where, reason));
  }

  // No memory is asked for because of a size that only the archive claims: it must agree with the
  // array's own header and with what the file's bytes can hold.
  NpyArray read_array(const std::string& name) {
    const std::string file_name = name + ".npy";
    zip_stat_t status;
    zip_stat_init(&status);
    if (zip_stat(archive_.get(), file_name.c_str(), 0, &status) != 0 ||
        (status.valid & ZIP_STAT_SIZE) == 0) {
      throw DataError(fmt::format("{}: holds no array named '{}'", where_, name));
    }
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(
        zip_fopen_index(archive_.get(), status.index, 0), zip_fclose);
    if (file == nullptr) {
      throw DataError(
          fmt::format("{}: array '{}': {}", where_, name, zip_strerror(archive_.get())));
    }
    if (status.size / kBestDeflateRatio > archive_size_) {
      throw DataError(where_ + ": the archive is damaged: it claims more than its bytes can hold");
    }
    const std::string start =
        read(file.get(), std::min<std::uint64_t>(status.size, kMaxNpyHeaderSize));
    NpyArray array;
    array.header = parse_npy_header(start, where_);
    check_data_size(array.header, status.size - array.header.data_offset, where_);
    array.data = start.substr(array.header.data_offset);
    array.data += read(file.get(), status.size - start.size());
    return array;
  }

 private:
  struct Discard {
    void operator()(zip_t* archive) const { zip_discard(archive); }
  };

  std::string read(zip_file_t* file, std::uint64_t count) const {
    std::string bytes(count, '\0');
    std::uint64_t done = 0;
    while (done < count) {
      const zip_int64_t got = zip_fread(file, bytes.data() + done, count - done);
      if (got <= 0) throw DataError(where_ + ": the archive is damaged or truncated");
      done += static_cast<std::uint64_t>(got);
    }
    return bytes;
  }

  const std::string& where_;
  std::uint64_t archive_size_;
  std::unique_ptr<zip_t, Discard> archive_;
};

// The index of a pixel's class, or -1.
using ClassOfPixel = std::function<std::int64_t(std::size_t)>;

int one_hot_class(const NpyArray& array, std::size_t first, std::size_t step, int num_classes) {
  int found = -1;
  for (int i = 0; i < num_classes; ++i) {
    if (!array.is_set(first + static_cast<std::size_t>(i) * step)) continue;
    if (found >= 0) return -1;
    found = i;
  }
  return found;
}

ClassOfPixel class_reader(const NpyArray& array, int num_classes, const std::string& where) {
  const NpyHeader& header = array.header;
  if (header.shape.size() == 2 && header.kind != 'f') {
    return [&array](std::size_t at) { return array.integer_at(at); };
  }
  if (header.shape.size() == 3 && header.shape[2] == static_cast<std::size_t>(num_classes)) {
    const std::size_t step = header.strides()[2];
    return [&array, step, num_classes](std::size_t at) {
      return std::int64_t{one_hot_class(array, at, step, num_classes)};
    };
  }
  throw DataError(fmt::format(
      "{}: array 'mask' has shape {} and type {}{}: must be (H, W) of an integer type with class "
      "indices, or one-hot (H, W, {})",
      where, header.shape_text(), header.kind, header.item_size, num_classes));
}

void check_pixels(const NpyHeader& header, const std::string& where) {
  if (header.shape[0] > kMaxPicturePixels / header.shape[1]) {
    throw DataError(fmt::format("{}: shape {}, at most {} pixels are read", where,
                                header.shape_text(), kMaxPicturePixels));
  }
}

std::string read_piece(std::istream& file, std::uint64_t size, const std::string& where) {
  std::string bytes(size, '\0');
  if (!file.read(bytes.data(), static_cast<std::streamsize>(size))) {
    throw DataError(where + ": cannot be read");
  }
  return bytes;
}

// Fortran order: the first dimension runs quickest.
void reorder_into(cv::Mat& values, const NpyHeader& header, const std::string& data) {
  const std::vector<std::size_t> strides = header.strides();
  const auto channels = static_cast<std::size_t>(values.channels());
  const std::size_t channel_step = strides.size() == 3 ? strides[2] : 0;
  for (std::size_t y = 0; y < header.shape[0]; ++y) {
    auto* target = values.ptr(static_cast<int>(y));
    for (std::size_t x = 0; x < header.shape[1]; ++x) {
      const std::size_t source = y * strides[0] + x * strides[1];
      for (std::size_t c = 0; c < channels; ++c, target += header.item_size) {
        std::memcpy(target, &data[(source + c * channel_step) * header.item_size],
                    header.item_size);
      }
    }
  }
}

// The array as CV_8UC(C) or CV_16UC(C).
cv::Mat read_image_values(std::istream& file, const NpyHeader& header, const std::string& where) {
  const std::size_t dimensions = header.shape.size();
  const std::size_t channels = dimensions == 3 ? header.shape[2] : 1;
  if (header.kind != 'u' || header.item_size > 2 || dimensions < 2 || dimensions > 3 ||
      channels > 4) {
    throw DataError(
        fmt::format("{}: shape {} and type {}{}: an image must be (H, W) or (H, W, C) of "
                    "numpy.uint8 or numpy.uint16 with C <= 4; bring its values to 0..255 or "
                    "0..65535 and save it with astype of one of them",
                    where, header.shape_text(), header.kind, header.item_size));
  }
  check_pixels(header, where);
  cv::Mat values(static_cast<int>(header.shape[0]), static_cast<int>(header.shape[1]),
                 CV_MAKETYPE(header.item_size == 1 ? CV_8U : CV_16U, static_cast<int>(channels)));
  file.seekg(static_cast<std::streamoff>(header.data_offset));
  if (header.fortran_order) {
    reorder_into(values, header, read_piece(file, header.data_size, where));
  } else if (!file.read(values.ptr<char>(), static_cast<std::streamsize>(header.data_size))) {
    throw DataError(where + ": cannot be read");
  }
  return values;
}

}  // namespace

cv::Mat read_npy_image(const std::filesystem::path& path,
                       const std::optional<IntensityRange>& range) {
  const std::string where = path.string();
  std::ifstream file = open_file(path);
  const auto file_size = static_cast<std::uint64_t>(file.seekg(0, std::ios::end).tellg());
  file.seekg(0);
  const NpyHeader header = parse_npy_header(
      read_piece(file, std::min<std::uint64_t>(file_size, kMaxNpyHeaderSize), where), where);
  check_data_size(header, file_size - header.data_offset, where);
  const cv::Mat values = read_image_values(file, header, where);
  return values.depth() == CV_8U ? values : scale_to_bytes(values, range, where);
}

cv::Mat read_npz_class_mask(const std::filesystem::path& path, int num_classes) {
  const std::string where = path.string();
  const std::string bytes = read_file(path);
  const NpyArray array = ZipArchive(bytes, where).read_array("mask");
  const ClassOfPixel class_of = class_reader(array, num_classes, where);
  const NpyHeader& header = array.header;
  check_pixels(header, where);
  const std::vector<std::size_t> strides = header.strides();
  cv::Mat class_mask(static_cast<int>(header.shape[0]), static_cast<int>(header.shape[1]), CV_8UC1);
  for (std::size_t y = 0; y < header.shape[0]; ++y) {
    auto* target = class_mask.ptr<std::uint8_t>(static_cast<int>(y));
    for (std::size_t x = 0; x < header.shape[1]; ++x) {
      const std::int64_t index = class_of(y * strides[0] + x * strides[1]);
      if (index < 0 || index >= num_classes) {
        throw DataError(fmt::format(
            "{}: row {}, column {}: {}", where, y, x,
            header.shape.size() == 3
                ? std::string("exactly one class must be set")
                : fmt::format("class index {}, must be 0..{}", index, num_classes - 1)));
      }
      *target++ = static_cast<std::uint8_t>(index);
    }
  }
  return class_mask;
}

}  // namespace flexunet
