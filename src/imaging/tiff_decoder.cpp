#include <fmt/format.h>
#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <opencv2/core.hpp>
#include <system_error>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "imaging/picture_check.h"
#include "imaging/stored_picture.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

struct CloseTiff {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};

// What the directory of a page says, by the tags of TIFF 6.0.
struct Layout {
  std::uint32_t width = 0, height = 0;
  std::uint16_t bits = 1, samples = 1, format = SAMPLEFORMAT_UINT;
  std::uint16_t photometric = PHOTOMETRIC_MINISBLACK, planes = PLANARCONFIG_CONTIG;
  std::uint16_t extra_samples = 0, first_extra = EXTRASAMPLE_UNSPECIFIED;
  std::uint16_t orientation = ORIENTATION_TOPLEFT;

  bool is_rgb() const { return photometric == PHOTOMETRIC_RGB && samples >= 3; }
  bool is_gray() const {
    return photometric == PHOTOMETRIC_MINISBLACK || photometric == PHOTOMETRIC_MINISWHITE;
  }
  int colors() const { return is_rgb() ? 3 : 1; }
  // The colours and one more, where there is more.
  int channels() const { return std::min<int>(samples, colors() + (extra_samples > 0 ? 1 : 0)); }
  bool has_alpha() const {
    return first_extra == EXTRASAMPLE_ASSOCALPHA || first_extra == EXTRASAMPLE_UNASSALPHA;
  }
  std::string number_format() const {
    const char* kind = format == SAMPLEFORMAT_IEEEFP ? "floating point"
                       : format == SAMPLEFORMAT_INT  ? "signed"
                       : format == SAMPLEFORMAT_UINT ? "unsigned"
                                                     : "unusual";
    return fmt::format("{} numbers of {} bits", kind, bits);
  }
};

// A row of samples of one channel.
using CopyRow = void (*)(const std::uint8_t* from, std::size_t step, cv::Mat row, int channel);

template <typename Stored, typename Kept>
void copy_row(const std::uint8_t* from, std::size_t step, cv::Mat row, int channel) {
  auto* to = row.ptr<Kept>() + channel;
  for (int x = 0; x < row.cols; ++x, from += step, to += row.channels()) {
    Stored value;
    std::memcpy(&value, from, sizeof value);
    *to = static_cast<Kept>(value);
  }
}

struct SampleKind {
  std::uint16_t format, bits;
  int depth;  // of the cv::Mat that keeps it
  CopyRow copy;
};

const SampleKind* find_kind(const Layout& layout) {
  static const SampleKind kinds[] = {
      {SAMPLEFORMAT_UINT, 8, CV_8U, copy_row<std::uint8_t, std::uint8_t>},
      {SAMPLEFORMAT_UINT, 16, CV_16U, copy_row<std::uint16_t, std::uint16_t>},
      {SAMPLEFORMAT_UINT, 32, CV_64F, copy_row<std::uint32_t, double>},
      {SAMPLEFORMAT_UINT, 64, CV_64F, copy_row<std::uint64_t, double>},
      {SAMPLEFORMAT_INT, 8, CV_64F, copy_row<std::int8_t, double>},
      {SAMPLEFORMAT_INT, 16, CV_64F, copy_row<std::int16_t, double>},
      {SAMPLEFORMAT_INT, 32, CV_64F, copy_row<std::int32_t, double>},
      {SAMPLEFORMAT_INT, 64, CV_64F, copy_row<std::int64_t, double>},
      {SAMPLEFORMAT_IEEEFP, 32, CV_64F, copy_row<float, double>},
      {SAMPLEFORMAT_IEEEFP, 64, CV_64F, copy_row<double, double>}};
  for (const SampleKind& kind : kinds) {
    if (kind.format == layout.format && kind.bits == layout.bits) return &kind;
  }
  return nullptr;
}

// A strip or tile: where it begins, and its sides in the file.
struct Chunk {
  std::uint32_t x, y, width, height;
};

class TiffReader {
 public:
  explicit TiffReader(const fs::path& path) : where_(path.string()) {
    open_file(path);  // says why it cannot be read
    const std::unique_ptr<TIFFOpenOptions, void (*)(TIFFOpenOptions*)> options(
        TIFFOpenOptionsAlloc(), TIFFOpenOptionsFree);
    TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keep_message, this);
    TIFFOpenOptionsSetWarningHandlerExtR(options.get(), ignore_warning, nullptr);
    tiff_.reset(TIFFOpenExt(path.c_str(), "r", options.get()));
    if (!tiff_) damaged();
    std::error_code unknown;
    file_size_ = fs::file_size(path, unknown);
  }

  // Puts the pages in place of the directories; from 0.
  std::vector<tdir_t> find_pages() {
    constexpr std::uint32_t kNoPage = FILETYPE_REDUCEDIMAGE | FILETYPE_MASK;
    std::vector<tdir_t> pages;
    do {
      std::uint32_t type = 0;
      TIFFGetFieldDefaulted(tiff_.get(), TIFFTAG_SUBFILETYPE, &type);
      if ((type & kNoPage) == 0 || pages.empty()) {
        pages.push_back(TIFFCurrentDirectory(tiff_.get()));
      }
    } while (TIFFReadDirectory(tiff_.get()) != 0);
    if (!message_.empty()) damaged();
    return pages;
  }

  StoredPicture read(tdir_t directory) {
    if (TIFFSetDirectory(tiff_.get(), directory) == 0) damaged();
    read_layout();
    check_claims();
    const bool needs_samples =
        layout_.bits > 8 || layout_.format != SAMPLEFORMAT_UINT || layout_.extra_samples > 0;
    const bool is_plain = layout_.is_rgb() || layout_.is_gray();
    StoredPicture picture =
        needs_samples && (is_plain || layout_.bits > 8) ? read_samples() : read_rendering();
    picture.orientation = layout_.orientation;
    return picture;
  }

 private:
  static int keep_message(TIFF*, void* reader, const char*, const char* format, va_list values) {
    std::string& message = static_cast<TiffReader*>(reader)->message_;
    if (!message.empty()) return 1;  // what follows is a consequence
    char text[256];
    std::vsnprintf(text, sizeof text, format, values);
    message = text;
    return 1;
  }
  static int ignore_warning(TIFF*, void*, const char*, const char*, va_list) { return 1; }

  [[noreturn]] void refuse(const std::string& what) const {
    throw DataError(fmt::format("{}: {}", where_, what));
  }
  [[noreturn]] void damaged() const {
    refuse("truncated or damaged TIFF" + (message_.empty() ? "" : ": " + message_));
  }

  void read_layout() {
    TIFF* tiff = tiff_.get();
    layout_ = {};
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &layout_.width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &layout_.height);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &layout_.bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &layout_.samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &layout_.format);
    if (layout_.format == SAMPLEFORMAT_VOID) layout_.format = SAMPLEFORMAT_UINT;
    TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &layout_.photometric);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &layout_.planes);
    std::uint16_t* kinds = nullptr;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &layout_.extra_samples, &kinds);
    if (layout_.extra_samples > 0 && kinds != nullptr) layout_.first_extra = kinds[0];
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &layout_.orientation);
    // The rendering would be turned strip by strip.
    TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
  }

  // Refuses what memory should not be asked for: a tile may be larger than the picture.
  void check_claims() const {
    std::uint16_t compression = COMPRESSION_NONE;
    TIFFGetFieldDefaulted(tiff_.get(), TIFFTAG_COMPRESSION, &compression);
    // Pixels of one bit are the smallest.
    const bool is_plain = compression == COMPRESSION_NONE;
    check_picture_claim({layout_.width, layout_.height, is_plain ? 8 : kMostPixelsPerByte},
                        file_size_, where_);
    const Chunk chunk = chunk_at(0, 0);
    check_picture_claim({chunk.width, chunk.height, kMostPixelsPerByte}, file_size_, where_);
    // Of pixels with many samples as well.
    const tmsize_t bytes = is_tiled() ? TIFFTileSize(tiff_.get()) : TIFFStripSize(tiff_.get());
    if (bytes <= 0 || static_cast<std::uint64_t>(bytes) / kMostPixelsPerByte > file_size_) {
      refuse(
          fmt::format("damaged: {} bytes cannot hold the strips or tiles it claims", file_size_));
    }
  }

  bool is_tiled() const { return TIFFIsTiled(tiff_.get()) != 0; }

  Chunk chunk_at(std::uint32_t x, std::uint32_t y) const {
    Chunk chunk{x, y, layout_.width, layout_.height};
    if (is_tiled()) {
      TIFFGetField(tiff_.get(), TIFFTAG_TILEWIDTH, &chunk.width);
      TIFFGetField(tiff_.get(), TIFFTAG_TILELENGTH, &chunk.height);
    } else {
      std::uint32_t rows = 0;
      TIFFGetFieldDefaulted(tiff_.get(), TIFFTAG_ROWSPERSTRIP, &rows);
      chunk.height = std::min(rows, layout_.height);
    }
    return chunk;
  }

  std::vector<Chunk> all_chunks() const {
    const Chunk first = chunk_at(0, 0);
    if (first.width == 0 || first.height == 0) damaged();
    std::vector<Chunk> chunks;
    for (std::uint32_t y = 0; y < layout_.height; y += first.height) {
      for (std::uint32_t x = 0; x < layout_.width; x += first.width) {
        chunks.push_back({x, y, first.width, first.height});
      }
    }
    return chunks;
  }

  // The part of the picture that a chunk covers.
  cv::Rect covered(const Chunk& chunk) const {
    return {static_cast<int>(chunk.x), static_cast<int>(chunk.y),
            static_cast<int>(std::min(chunk.width, layout_.width - chunk.x)),
            static_cast<int>(std::min(chunk.height, layout_.height - chunk.y))};
  }

  cv::Size size() const {
    return {static_cast<int>(layout_.width), static_cast<int>(layout_.height)};
  }

  // As libtiff renders pictures of up to 8 bits in red, green and blue.
  StoredPicture read_rendering() const {
    char problem[1024] = "";
    if (TIFFRGBAImageOK(tiff_.get(), problem) == 0) refuse(fmt::format("TIFF: {}", problem));
    StoredPicture picture;
    picture.pixels.create(size(), CV_8UC3);
    std::vector<std::uint32_t> raster;
    for (const Chunk& chunk : all_chunks()) {
      raster.resize(std::size_t{chunk.width} * chunk.height);
      const int stop_on_error = 1;
      const int read =
          is_tiled()
              ? TIFFReadRGBATileExt(tiff_.get(), chunk.x, chunk.y, raster.data(), stop_on_error)
              : TIFFReadRGBAStripExt(tiff_.get(), chunk.y, raster.data(), stop_on_error);
      if (read == 0) damaged();
      const cv::Rect part = covered(chunk);
      // From the lowest row upwards.
      const auto rows = static_cast<int>(is_tiled() ? chunk.height : std::uint32_t(part.height));
      for (int y = 0; y < part.height; ++y) {
        const std::uint32_t* from = &raster[std::size_t(rows - 1 - y) * chunk.width];
        auto* to = picture.pixels.ptr<cv::Vec3b>(part.y + y) + part.x;
        for (int x = 0; x < part.width; ++x) {
          to[x] = cv::Vec3b(static_cast<std::uint8_t>(TIFFGetR(from[x])),
                            static_cast<std::uint8_t>(TIFFGetG(from[x])),
                            static_cast<std::uint8_t>(TIFFGetB(from[x])));
        }
      }
    }
    return picture;
  }

  // The values themselves, of gray and RGB.
  StoredPicture read_samples() const {
    const SampleKind* kind = find_kind(layout_);
    const bool is_plain = layout_.is_rgb() || layout_.is_gray();
    if (kind == nullptr || !is_plain) {
      refuse(
          fmt::format("a TIFF of {}{}, which is not read: gray and RGB of whole numbers of 8 to "
                      "64 bits and floating point numbers of 32 and 64 are",
                      layout_.number_format(), is_plain ? "" : " that are no gray or RGB"));
    }
    const int channels = layout_.channels();
    StoredPicture picture;
    picture.pixels.create(size(), CV_MAKETYPE(kind->depth, channels));
    picture.is_last_alpha = layout_.has_alpha();
    picture.remarks.has_other_channels = layout_.samples > channels;
    const bool is_contiguous = layout_.planes == PLANARCONFIG_CONTIG;
    std::vector<std::uint8_t> bytes;
    for (const Chunk& chunk : all_chunks()) {
      for (int plane = 0; plane < (is_contiguous ? 1 : channels); ++plane) {
        read_chunk(chunk, plane, bytes);
        const int first = is_contiguous ? 0 : plane;
        const int last = is_contiguous ? channels : plane + 1;
        for (int channel = first; channel < last; ++channel) {
          copy_channel(chunk, bytes, *kind, channel, picture.pixels);
        }
      }
    }
    if (layout_.photometric == PHOTOMETRIC_MINISWHITE) turn_round(picture.pixels);
    return picture;
  }

  void read_chunk(const Chunk& chunk, int plane, std::vector<std::uint8_t>& bytes) const {
    TIFF* tiff = tiff_.get();
    const auto sample = static_cast<std::uint16_t>(plane);
    const tmsize_t most = is_tiled() ? TIFFTileSize(tiff) : TIFFStripSize(tiff);
    if (most <= 0) damaged();
    bytes.resize(static_cast<std::size_t>(most));
    const tmsize_t read = is_tiled()
                              ? TIFFReadTile(tiff, bytes.data(), chunk.x, chunk.y, 0, sample)
                              : TIFFReadEncodedStrip(tiff, TIFFComputeStrip(tiff, chunk.y, sample),
                                                     bytes.data(), most);
    const std::uint64_t rows = is_tiled() ? chunk.height : std::uint64_t(covered(chunk).height);
    if (read < 0 || static_cast<std::uint64_t>(read) < rows * row_bytes(chunk)) damaged();
  }

  std::size_t samples_together() const {
    return layout_.planes == PLANARCONFIG_CONTIG ? layout_.samples : 1;
  }
  std::size_t row_bytes(const Chunk& chunk) const {
    return chunk.width * samples_together() * (layout_.bits / 8U);
  }

  void copy_channel(const Chunk& chunk, const std::vector<std::uint8_t>& bytes,
                    const SampleKind& kind, int channel, cv::Mat& pixels) const {
    const std::size_t sample_bytes = layout_.bits / 8U;
    const std::size_t step = samples_together() * sample_bytes;
    const std::size_t first =
        samples_together() > 1 ? static_cast<std::size_t>(channel) * sample_bytes : 0;
    const cv::Rect part = covered(chunk);
    for (int y = 0; y < part.height; ++y) {
      kind.copy(&bytes[static_cast<std::size_t>(y) * row_bytes(chunk) + first], step,
                pixels(cv::Rect(part.x, part.y + y, part.width, 1)), channel);
    }
  }

  // Where the largest value is black.
  void turn_round(cv::Mat& pixels) const {
    if (pixels.depth() == CV_64F) {
      refuse("a TIFF of " + layout_.number_format() +
             " whose largest value is black, which is not read: save it with 0 for black");
    }
    std::vector<cv::Mat> channels;
    cv::split(pixels, channels);
    cv::bitwise_not(channels[0], channels[0]);
    cv::merge(channels, pixels);
  }

  std::string where_;
  std::string message_;
  std::unique_ptr<TIFF, CloseTiff> tiff_;
  std::uint64_t file_size_ = 0;
  Layout layout_;
};

}  // namespace

StoredPicture decode_tiff(const fs::path& path, std::optional<int> page) {
  TiffReader reader(path);
  const std::vector<tdir_t> pages = reader.find_pages();
  if (!page && pages.size() > 1) {
    throw DataError(fmt::format(
        "{}: holds {} pages: must be one picture; flexunet-generate makes a file of each page",
        path.string(), pages.size()));
  }
  const int index = page.value_or(0);
  if (index < 0 || index >= static_cast<int>(pages.size())) {
    throw DataError(
        fmt::format("{}: has no page {}, only {}", path.string(), index + 1, pages.size()));
  }
  return reader.read(pages[static_cast<std::size_t>(index)]);
}

int count_tiff_pages(const fs::path& path) {
  return static_cast<int>(TiffReader(path).find_pages().size());
}

}  // namespace flexunet
