#include "flexunet/imaging/png_codec.h"

#include <fmt/format.h>
#include <png.h>

#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <stdexcept>

#include "flexunet/base/error.h"

namespace flexunet {
namespace {

// libpng reports errors by longjmp. The functions that call setjmp hold nothing with a destructor.
struct PngMessage {
  char text[128] = "";
};

[[noreturn]] void keep_message(png_structp png, png_const_charp message) {
  auto* kept = static_cast<PngMessage*>(png_get_error_ptr(png));
  std::snprintf(kept->text, sizeof kept->text, "%s", message);
  png_longjmp(png, 1);
}

void ignore_warning(png_structp, png_const_charp) {}

struct PngSource {
  const char* next;
  std::size_t left;
};

void read_bytes(png_structp png, png_bytep target, std::size_t count) {
  auto* source = static_cast<PngSource*>(png_get_io_ptr(png));
  if (count > source->left) png_error(png, "the file is truncated");
  std::memcpy(target, source->next, count);
  source->next += count;
  source->left -= count;
}

class PngReader {
 public:
  explicit PngReader(std::string_view bytes) : source_{bytes.data(), bytes.size()} {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &message_, keep_message, ignore_warning);
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_read_struct(&png_, nullptr, nullptr);
      throw std::runtime_error("libpng cannot be started");
    }
    png_set_read_fn(png_, &source_, read_bytes);
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;

  bool read_header() {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_read_info(png_, info_);
    png_set_expand(png_);
    png_set_strip_16(png_);
    png_set_gray_to_rgb(png_);
    png_set_strip_alpha(png_);
    png_set_interlace_handling(png_);
    return true;
  }

  // Up to the end of the file, so that damage behind the last row counts too.
  bool read_pixels(png_bytepp rows, std::size_t row_size) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_read_update_info(png_, info_);
    if (png_get_rowbytes(png_, info_) != row_size) png_error(png_, "unexpected row size");
    png_read_image(png_, rows);
    png_read_end(png_, nullptr);
    return true;
  }

  std::uint64_t width() const { return png_get_image_width(png_, info_); }
  std::uint64_t height() const { return png_get_image_height(png_, info_); }
  const char* message() const { return message_.text; }

 private:
  PngMessage message_;
  PngSource source_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

void append_bytes(png_structp png, png_bytep bytes, std::size_t count) {
  static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<char*>(bytes), count);
}

void flush_nothing(png_structp) {}

class PngWriter {
 public:
  PngWriter() {
    png_ = png_create_write_struct(PNG_LIBPNG_VER_STRING, &message_, keep_message, ignore_warning);
    if (png_ != nullptr) info_ = png_create_info_struct(png_);
    if (info_ == nullptr) {
      png_destroy_write_struct(&png_, nullptr);
      throw std::runtime_error("libpng cannot be started");
    }
    png_set_write_fn(png_, &bytes_, append_bytes, flush_nothing);
  }
  ~PngWriter() { png_destroy_write_struct(&png_, &info_); }
  PngWriter(const PngWriter&) = delete;
  PngWriter& operator=(const PngWriter&) = delete;

  std::string write(const cv::Mat& picture, const std::vector<png_color>& palette) {
    std::vector<png_bytep> rows(static_cast<std::size_t>(picture.rows));
    for (int y = 0; y < picture.rows; ++y) {
      rows[static_cast<std::size_t>(y)] = const_cast<png_bytep>(picture.ptr<std::uint8_t>(y));
    }
    if (!write_rows(rows.data(), picture.size(), palette)) {
      throw std::runtime_error(fmt::format("libpng cannot write: {}", message_.text));
    }
    return std::move(bytes_);
  }

 private:
  bool write_rows(png_bytepp rows, cv::Size size, const std::vector<png_color>& palette) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    constexpr int kBitDepth = 8;
    png_set_IHDR(png_, info_, static_cast<png_uint_32>(size.width),
                 static_cast<png_uint_32>(size.height), kBitDepth,
                 palette.empty() ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_PALETTE, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (!palette.empty()) {
      png_set_PLTE(png_, info_, palette.data(), static_cast<int>(palette.size()));
    }
    png_write_info(png_, info_);
    png_write_image(png_, rows);
    png_write_end(png_, nullptr);
    return true;
  }

  PngMessage message_;
  std::string bytes_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

}  // namespace

cv::Mat decode_png(std::string_view bytes, const std::string& where) {
  PngReader reader(bytes);
  if (!reader.read_header()) {
    throw DataError(fmt::format("{}: damaged PNG: {}", where, reader.message()));
  }
  if (reader.width() * reader.height() > kMaxPicturePixels) {
    throw DataError(fmt::format("{}: {}x{} pixels, at most {} are read", where, reader.width(),
                                reader.height(), kMaxPicturePixels));
  }
  cv::Mat rgb(static_cast<int>(reader.height()), static_cast<int>(reader.width()), CV_8UC3);
  std::vector<png_bytep> rows(static_cast<std::size_t>(rgb.rows));
  for (int y = 0; y < rgb.rows; ++y) rows[static_cast<std::size_t>(y)] = rgb.ptr<std::uint8_t>(y);
  if (!reader.read_pixels(rows.data(), rgb.step[0])) {
    throw DataError(fmt::format("{}: damaged PNG: {}", where, reader.message()));
  }
  return rgb;
}

std::string encode_rgb_png(const cv::Mat& rgb) {
  if (rgb.type() != CV_8UC3 || rgb.empty()) throw std::invalid_argument("not an RGB picture");
  return PngWriter().write(rgb, {});
}

std::string encode_palette_png(const cv::Mat& positions,
                               const std::vector<std::array<std::uint8_t, 3>>& palette) {
  if (positions.type() != CV_8UC1 || positions.empty() || palette.empty()) {
    throw std::invalid_argument("not positions in a palette");
  }
  std::vector<png_color> colors;
  for (const auto& color : palette) colors.push_back({color[0], color[1], color[2]});
  return PngWriter().write(positions, colors);
}

}  // namespace flexunet
