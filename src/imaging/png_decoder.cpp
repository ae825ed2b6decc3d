#include <fmt/format.h>
#include <png.h>

#include <csetjmp>
#include <cstddef>
#include <istream>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "flexunet/base/deflate.h"
#include "flexunet/base/error.h"
#include "flexunet/imaging/png_codec.h"
#include "imaging/picture_check.h"
#include "imaging/png_message.h"
#include "imaging/stored_picture.h"

namespace flexunet {
namespace {

void read_bytes(png_structp png, png_bytep target, std::size_t count) {
  auto& file = *static_cast<std::istream*>(png_get_io_ptr(png));
  if (!file.read(reinterpret_cast<char*>(target), static_cast<std::streamsize>(count))) {
    png_error(png, "the file is truncated");
  }
}

class PngReader {
 public:
  explicit PngReader(std::istream& file) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &message_, keep_png_message,
                                  ignore_png_warning);
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw std::runtime_error("libpng cannot be started");
    }
    png_set_read_fn(png_, &file, read_bytes);
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  bool read_header() {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_read_info(png_, info_);
    return true;
  }

  bool has_alpha() const {
    return (png_get_color_type(png_, info_) & PNG_COLOR_MASK_ALPHA) != 0 ||
           (!has_16_bits() && png_get_valid(png_, info_, PNG_INFO_tRNS) != 0);
  }
  bool has_16_bits() const {
    constexpr int kDepth = 16;
    return png_get_bit_depth(png_, info_) == kDepth;
  }
  // 1 for values of 16 bits without colour, else 3, and alpha.
  int channels() const {
    const bool is_gray16 =
        has_16_bits() && (png_get_color_type(png_, info_) & PNG_COLOR_MASK_COLOR) == 0;
    return (is_gray16 ? 1 : 3) + (has_alpha() ? 1 : 0);
  }

  bool choose_layout() {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    if (has_16_bits()) {
      png_set_swap(png_);  // the file holds the upper byte first
    } else {
      png_set_expand(png_);
      png_set_gray_to_rgb(png_);
    }
    png_set_interlace_handling(png_);
    return true;
  }

  // Up to the end of the file, so that damage behind the last row counts too.
  bool read_pixels(png_bytepp rows, std::size_t row_size) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_read_update_info(png_, info_);
    if (png_get_rowbytes(png_, info_) != row_size) png_error(png_, "unexpected row size");
    png_read_image(png_, rows);
    png_read_end(png_, info_);
    return true;
  }

  // The content of the eXIf chunk.
  std::string_view exif() const {
    png_uint_32 size = 0;
    png_bytep bytes = nullptr;
    if (png_get_eXIf_1(png_, info_, &size, &bytes) == 0) return {};
    return {reinterpret_cast<const char*>(bytes), size};
  }

  // Bytes of all rows before compression.
  std::uint64_t raw_size() const { return png_get_rowbytes(png_, info_) * height(); }
  std::uint64_t width() const { return png_get_image_width(png_, info_); }
  std::uint64_t height() const { return png_get_image_height(png_, info_); }
  const char* message() const { return message_.text; }

 private:
  PngMessage message_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

std::uint64_t bytes_left(std::istream& file) {
  const auto here = file.tellg();
  const auto size = file.seekg(0, std::ios::end).tellg() - here;
  file.seekg(here);
  return static_cast<std::uint64_t>(size);
}

// Refuses a size that memory should not be asked for.
void check_claim(const PngReader& reader, std::uint64_t file_size, const std::string& where) {
  if (reader.width() * reader.height() > kMaxPicturePixels) {
    throw DataError(fmt::format("{}: {}x{} pixels, at most {} are read", where, reader.width(),
                                reader.height(), kMaxPicturePixels));
  }
  if (reader.raw_size() / kBestDeflateRatio > file_size) {
    throw DataError(fmt::format("{}: damaged PNG: {} bytes cannot hold the {}x{} pixels it claims",
                                where, file_size, reader.width(), reader.height()));
  }
}

}  // namespace

StoredPicture decode_png(std::istream& file, const std::string& where) {
  const std::uint64_t file_size = bytes_left(file);
  PngReader reader(file);
  const auto require = [&](bool done) {
    if (!done) throw DataError(fmt::format("{}: damaged PNG: {}", where, reader.message()));
  };
  require(reader.read_header());
  check_claim(reader, file_size, where);
  require(reader.choose_layout());
  StoredPicture picture;
  picture.pixels.create(static_cast<int>(reader.height()), static_cast<int>(reader.width()),
                        CV_MAKETYPE(reader.has_16_bits() ? CV_16U : CV_8U, reader.channels()));
  std::vector<png_bytep> rows(static_cast<std::size_t>(picture.pixels.rows));
  for (int y = 0; y < picture.pixels.rows; ++y) {
    rows[static_cast<std::size_t>(y)] = picture.pixels.ptr(y);
  }
  require(reader.read_pixels(rows.data(), picture.pixels.step[0]));
  picture.orientation = exif_orientation(reader.exif());
  return picture;
}

}  // namespace flexunet
