#include "flexunet/imaging/png_codec.h"

#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstddef>
#include <stdexcept>

#include "imaging/png_message.h"

namespace flexunet {
namespace {

void append_bytes(png_structp png, png_bytep bytes, std::size_t count) {
  static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<char*>(bytes), count);
}

void flush_nothing(png_structp) {}

class PngWriter {
 public:
  explicit PngWriter(const Append& append) : append_(append) {
    png_ = png_create_write_struct(PNG_LIBPNG_VER_STRING, &message_, keep_png_message,
                                   ignore_png_warning);
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

}  // namespace

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
