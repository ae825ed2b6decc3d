#include "imaging/picture_check.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdlib>
#include <optional>

#include "flexunet/base/error.h"
#include "flexunet/imaging/png_codec.h"

namespace flexunet {
namespace {

using namespace std::string_view_literals;

enum class ByteOrder { kLittle, kBig };

// Reads numbers at checked offsets; a file that ends before is truncated.
class Bytes {
 public:
  Bytes(std::string_view bytes, ByteOrder order, const std::string& where)
      : bytes_(bytes), order_(order), where_(where) {}

  std::uint64_t number(std::uint64_t offset, std::size_t size) const {
    if (offset > bytes_.size() || bytes_.size() - offset < size) truncated();
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t at = order_ == ByteOrder::kBig ? i : size - 1 - i;
      value = value << 8 | static_cast<unsigned char>(bytes_[offset + at]);
    }
    return value;
  }
  [[noreturn]] void truncated() const { throw DataError(where_ + ": the file is truncated"); }
  void check_reaches(std::uint64_t size) const {
    if (bytes_.size() < size) truncated();
  }
  void check_size(std::uint64_t width, std::uint64_t height, std::uint64_t pixels_per_byte) const {
    check_picture_claim({width, height, pixels_per_byte}, bytes_.size(), where_);
  }

 private:
  std::string_view bytes_;
  ByteOrder order_;
  const std::string& where_;
};

bool is_start_of_frame(std::uint64_t marker) {
  constexpr std::uint64_t kHuffmanTables = 0xC4, kExtension = 0xC8, kArithmeticCoding = 0xCC;
  return marker >= 0xC0 && marker <= 0xCF && marker != kHuffmanTables && marker != kExtension &&
         marker != kArithmeticCoding;
}

// A block of 8x8 values takes a bit or more; with the coarsest sampling it stands for 128 pixels.
// Arithmetic coding has no such limit.
std::uint64_t jpeg_pixels_per_byte(std::uint64_t start_of_frame) {
  constexpr std::uint64_t kFirstArithmetic = 0xC9, kHuffman = 1024;
  return start_of_frame < kFirstArithmetic ? kHuffman : kMostPixelsPerByte;
}

// EXIF's Orientation among the entries of its first directory.
int orientation_of(const Bytes& exif) {
  constexpr std::uint64_t kOrientation = 274, kShort = 3, kEntrySize = 12;
  const std::uint64_t directory = exif.number(4, 4);
  const std::uint64_t entries = exif.number(directory, 2);
  for (std::uint64_t i = 0; i < entries; ++i) {
    const std::uint64_t entry = directory + 2 + i * kEntrySize;
    if (exif.number(entry, 2) != kOrientation || exif.number(entry + 2, 2) != kShort) continue;
    return static_cast<int>(exif.number(entry + 8, 2));
  }
  return 1;
}

// Walks marker by marker: a search for the last two bytes would find the end of an embedded
// preview. Returns the orientation.
int check_jpeg(std::string_view file, const Bytes& bytes) {
  constexpr std::uint64_t kRestart0 = 0xD0, kRestart7 = 0xD7, kEnd = 0xD9, kTemporary = 0x01;
  constexpr std::uint64_t kExif = 0xE1;
  constexpr std::string_view kExifName("Exif\0\0", 6);
  std::optional<int> orientation;
  std::uint64_t at = 2;
  for (;;) {
    while (bytes.number(at, 1) != 0xFF) ++at;
    while (bytes.number(at, 1) == 0xFF) ++at;
    const std::uint64_t marker = bytes.number(at++, 1);
    if (marker == kEnd) return orientation.value_or(1);
    // 0 marks an FF among coded pixels, restart markers stand between them: neither has a length.
    const bool bare =
        marker == 0 || marker == kTemporary || (marker >= kRestart0 && marker <= kRestart7);
    if (bare) continue;
    if (is_start_of_frame(marker)) {
      bytes.check_size(bytes.number(at + 5, 2), bytes.number(at + 3, 2),
                       jpeg_pixels_per_byte(marker));
    }
    const std::uint64_t length = bytes.number(at, 2);
    bytes.check_reaches(at + length);
    if (marker == kExif && !orientation && length > 2 + kExifName.size() &&
        file.substr(at + 2, kExifName.size()) == kExifName) {
      const std::uint64_t start = at + 2 + kExifName.size();
      orientation = exif_orientation(file.substr(start, at + length - start));
    }
    at += length;
  }
}

void check_bmp_rows(const Bytes& bytes, std::uint64_t width, std::uint64_t height,
                    std::uint64_t bits_per_pixel) {
  bytes.check_size(width, height, kMostPixelsPerByte);
  const std::uint64_t row_size = (width * bits_per_pixel + 31) / 32 * 4;
  bytes.check_reaches(bytes.number(10, 4) + row_size * height);
}

void check_bmp(const Bytes& bytes) {
  constexpr std::uint64_t kOldHeaderSize = 12, kUncompressed = 0;
  if (bytes.number(14, 4) == kOldHeaderSize) {
    check_bmp_rows(bytes, bytes.number(18, 2), bytes.number(20, 2), bytes.number(24, 2));
    return;
  }
  // A negative height means rows from top to bottom.
  const auto magnitude = [&](std::uint64_t offset) {
    const auto value = static_cast<std::int32_t>(bytes.number(offset, 4));
    return static_cast<std::uint64_t>(std::llabs(value));
  };
  const std::uint64_t width = magnitude(18), height = magnitude(22);
  bytes.check_size(width, height, kMostPixelsPerByte);
  if (bytes.number(30, 4) != kUncompressed) return;
  check_bmp_rows(bytes, width, height, bytes.number(28, 2));
}

bool starts_with(std::string_view bytes, std::string_view signature) {
  return bytes.substr(0, signature.size()) == signature;
}

// TIFF by the number 42, BigTIFF by 43.
bool is_tiff(std::string_view bytes) {
  return starts_with(bytes, "II*\0"sv) || starts_with(bytes, "MM\0*"sv) ||
         starts_with(bytes, "II+\0"sv) || starts_with(bytes, "MM\0+"sv);
}

}  // namespace

PictureKind picture_kind(std::string_view bytes, const std::string& where) {
  if (bytes.empty()) throw DataError(where + ": the file is empty");
  if (starts_with(bytes, "\x89PNG\r\n\x1a\n"sv)) return PictureKind::kPng;
  if (starts_with(bytes, "\xff\xd8\xff"sv)) return PictureKind::kJpeg;
  if (is_tiff(bytes)) return PictureKind::kTiff;
  if (starts_with(bytes, "BM"sv)) return PictureKind::kBmp;
  throw DataError(where + ": not a PNG, JPEG, TIFF or BMP picture by its content");
}

int check_jpeg_header(std::string_view bytes, const std::string& where) {
  return check_jpeg(bytes, Bytes(bytes, ByteOrder::kBig, where));
}

void check_bmp_header(std::string_view bytes, const std::string& where) {
  check_bmp(Bytes(bytes, ByteOrder::kLittle, where));
}

void check_picture_claim(const PictureClaim& claim, std::uint64_t file_size,
                         const std::string& where) {
  // Each below 2^32, so the product fits.
  const std::uint64_t pixels = claim.width * claim.height;
  if (pixels > kMaxPicturePixels) {
    throw DataError(fmt::format("{}: {}x{} pixels, at most {} are read", where, claim.width,
                                claim.height, kMaxPicturePixels));
  }
  if (pixels / claim.pixels_per_byte > file_size) {
    throw DataError(fmt::format("{}: damaged: {} bytes cannot hold the {}x{} pixels it claims",
                                where, file_size, claim.width, claim.height));
  }
}

int exif_orientation(std::string_view exif) {
  if (exif.size() < 8) return 1;
  const std::string unused;
  try {
    return orientation_of(
        Bytes(exif, exif.front() == 'I' ? ByteOrder::kLittle : ByteOrder::kBig, unused));
  } catch (const DataError&) {
    return 1;  // a damaged note beside the pixels
  }
}

}  // namespace flexunet
