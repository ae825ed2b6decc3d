#include "flexunet/imaging/png_codec.h"

#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <stdexcept>

#include "flexunet/base/deflate.h"
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

void read_bytes(png_structp png, png_bytep target, std::size_t count) {
  auto& file = *static_cast<std::istream*>(png_get_io_ptr(png));
  if (!file.read(reinterpret_cast<char*>(target), static_cast<std::streamsize>(count))) {
    png_error(png, "the file is truncated");
  }
}

class PngReader {
 public:
  explicit PngReader(std::istream& file) {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &message_, keep_message, ignore_warning);
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

  bool holds_gray16() const {
    constexpr int kDepth = 16;
    return png_get_bit_depth(png_, info_) == kDepth &&
           (png_get_color_type(png_, info_) & PNG_COLOR_MASK_COLOR) == 0;
  }

  // Values of 16 bits, which the file holds with the upper byte first.
  bool ask_for_gray16() {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_set_swap(png_);
    png_set_strip_alpha(png_);
    png_set_interlace_handling(png_);
    return true;
  }

  bool ask_for_rgb() {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
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

void append_bytes(png_structp png, png_bytep bytes, std::size_t count) {
  static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<char*>(bytes), count);
}

void flush_nothing(png_structp) {}

class PngWriter {
 public:
  explicit PngWriter(const Append& append) : append_(append) {
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

  void begin(cv::Size size, const std::vector<png_color>& palette) {
    require(try_begin(size, palette));
  }
  void write_row(const std::uint8_t* row) { require(try_write_row(row)); }
  void end() {
    require(try_end());
    append_(bytes_);
  }

 private:
  // What libpng wrote goes on here and not inside its call, through which nothing may be thrown.
  void require(bool done) {
    if (!done) throw std::runtime_error(fmt::format("libpng cannot write: {}", message_.text));
    constexpr std::size_t kPiece = 1 << 20;
    if (bytes_.size() < kPiece) return;
    append_(bytes_);
    bytes_.clear();
  }

  bool try_begin(cv::Size size, const std::vector<png_color>& palette) {
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
    return true;
  }

  bool try_write_row(const std::uint8_t* row) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_write_row(png_, row);
    return true;
  }

  bool try_end() {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_write_end(png_, nullptr);
    return true;
  }

  const Append& append_;
  PngMessage message_;
  std::string bytes_;
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

cv::Mat decode_png(std::istream& file, const std::string& where, Gray16 gray16) {
  const std::uint64_t file_size = bytes_left(file);
  PngReader reader(file);
  const auto require = [&](bool done) {
    if (!done) throw DataError(fmt::format("{}: damaged PNG: {}", where, reader.message()));
  };
  require(reader.read_header());
  check_claim(reader, file_size, where);
  const bool keep16 = gray16 == Gray16::kKeep && reader.holds_gray16();
  require(keep16 ? reader.ask_for_gray16() : reader.ask_for_rgb());
  cv::Mat picture(static_cast<int>(reader.height()), static_cast<int>(reader.width()),
                  keep16 ? CV_16UC1 : CV_8UC3);
  std::vector<png_bytep> rows(static_cast<std::size_t>(picture.rows));
  for (int y = 0; y < picture.rows; ++y) rows[static_cast<std::size_t>(y)] = picture.ptr(y);
  require(reader.read_pixels(rows.data(), picture.step[0]));
  return picture;
}

void encode_rgb_png(const cv::Mat& rgb, const Append& append) {
  if (rgb.type() != CV_8UC3 || rgb.empty()) throw std::invalid_argument("not an RGB picture");
  PngWriter writer(append);
  writer.begin(rgb.size(), {});
  for (int y = 0; y < rgb.rows; ++y) writer.write_row(rgb.ptr<std::uint8_t>(y));
  writer.end();
}

void encode_palette_png(const cv::Mat& values, const PngPalette& palette, const Append& append) {
  if (values.type() != CV_8UC1 || values.empty() || palette.colors.empty()) {
    throw std::invalid_argument("not positions in a palette");
  }
  std::vector<png_color> colors;
  for (const auto& color : palette.colors) colors.push_back({color[0], color[1], color[2]});
  PngWriter writer(append);
  writer.begin(values.size(), colors);
  std::vector<std::uint8_t> positions(static_cast<std::size_t>(values.cols));
  for (int y = 0; y < values.rows; ++y) {
    const auto* row = values.ptr<std::uint8_t>(y);
    std::transform(row, row + values.cols, positions.begin(),
                   [&](std::uint8_t value) { return palette.position_of_value.at(value); });
    writer.write_row(positions.data());
  }
  writer.end();
}

}  // namespace flexunet
