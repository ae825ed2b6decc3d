#include "imaging/picture_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <iterator>
#include <map>

#include "flexunet/base/error.h"
#include "flexunet/imaging/png_codec.h"

namespace flexunet {
namespace {

using namespace std::string_view_literals;

// The most pixels that a byte can stand for, so that a small file with a large claim is refused
// before memory is asked for. Runs of equal bits in a fax page reach 20,000; nothing else comes
// near.
constexpr std::uint64_t kMostPixelsPerByte = 1U << 15U;

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
  [[noreturn]] void damaged(const std::string& what) const {
    throw DataError(fmt::format("{}: damaged: {}", where_, what));
  }
  void check_reaches(std::uint64_t size) const {
    if (bytes_.size() < size) truncated();
  }
  void check_size(std::uint64_t width, std::uint64_t height, std::uint64_t pixels_per_byte) const {
    // Each below 2^32, so the product fits.
    if (width * height > kMaxPicturePixels) {
      throw DataError(fmt::format("{}: {}x{} pixels, at most {} are read", where_, width, height,
                                  kMaxPicturePixels));
    }
    if (width * height / pixels_per_byte > bytes_.size()) {
      throw DataError(fmt::format("{}: damaged: {} bytes cannot hold the {}x{} pixels it claims",
                                  where_, bytes_.size(), width, height));
    }
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

// Walks marker by marker: a search for the last two bytes would find the end of an embedded
// preview.
void check_jpeg(const Bytes& bytes) {
  constexpr std::uint64_t kRestart0 = 0xD0, kRestart7 = 0xD7, kEnd = 0xD9, kTemporary = 0x01;
  std::uint64_t at = 2;
  for (;;) {
    while (bytes.number(at, 1) != 0xFF) ++at;
    while (bytes.number(at, 1) == 0xFF) ++at;
    const std::uint64_t marker = bytes.number(at++, 1);
    if (marker == kEnd) return;
    // 0 marks an FF among coded pixels, restart markers stand between them: neither has a length.
    const bool bare =
        marker == 0 || marker == kTemporary || (marker >= kRestart0 && marker <= kRestart7);
    if (bare) continue;
    if (is_start_of_frame(marker)) {
      bytes.check_size(bytes.number(at + 5, 2), bytes.number(at + 3, 2),
                       jpeg_pixels_per_byte(marker));
    }
    at += bytes.number(at, 2);
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

// Tags of a TIFF file (TIFF 6.0, section 8) whose values are looked at.
enum TiffTag : std::uint64_t {
  kWidth = 256,
  kHeight = 257,
  kBitsPerSample = 258,
  kCompression = 259,
  kPhotometric = 262,
  kSamplesPerPixel = 277,
  kRowsPerStrip = 278,
  kTileWidth = 322,
  kTileHeight = 323,
  kSampleFormat = 339
};

bool is_looked_at(std::uint64_t tag) {
  constexpr std::uint64_t kLookedAt[] = {TiffTag::kWidth,         TiffTag::kHeight,
                                         TiffTag::kBitsPerSample, TiffTag::kCompression,
                                         TiffTag::kPhotometric,   TiffTag::kSamplesPerPixel,
                                         TiffTag::kRowsPerStrip,  TiffTag::kTileWidth,
                                         TiffTag::kTileHeight,    TiffTag::kSampleFormat};
  return std::find(std::begin(kLookedAt), std::end(kLookedAt), tag) != std::end(kLookedAt);
}

// Bytes of a number by its TIFF type; 0 for those that the standard allows for none of these tags.
std::size_t tiff_number_size(std::uint64_t type) {
  constexpr std::uint64_t kByte = 1, kShort = 3, kLong = 4;
  if (type == kByte) return 1;
  if (type == kShort) return 2;
  return type == kLong ? 4 : 0;
}

// The first value of each tag in the file's first directory. Of a tag that stands there twice the
// first counts, as for libtiff.
std::map<std::uint64_t, std::uint64_t> read_tiff_tags(const Bytes& bytes) {
  constexpr std::uint64_t kEntrySize = 12;
  const std::uint64_t directory = bytes.number(4, 4);
  const std::uint64_t entries = bytes.number(directory, 2);
  std::map<std::uint64_t, std::uint64_t> tags;
  for (std::uint64_t i = 0; i < entries; ++i) {
    const std::uint64_t entry = directory + 2 + i * kEntrySize;
    const std::uint64_t tag = bytes.number(entry, 2);
    const std::uint64_t type = bytes.number(entry + 2, 2);
    bytes.check_reaches(entry + kEntrySize);
    if (!is_looked_at(tag)) continue;
    const std::size_t size = tiff_number_size(type);
    if (size == 0) bytes.damaged(fmt::format("TIFF tag {} has type {}", tag, type));
    tags.emplace(tag, bytes.number(entry + 8, size));
  }
  return tags;
}

void check_tiff(const Bytes& bytes) {
  constexpr std::uint64_t kUncompressed = 1, kAllRows = UINT32_MAX;
  auto tags = read_tiff_tags(bytes);
  const std::uint64_t width = tags[TiffTag::kWidth];
  tags.try_emplace(TiffTag::kCompression, kUncompressed);
  // Pixels of one bit are the smallest.
  const bool is_plain = tags[TiffTag::kCompression] == kUncompressed;
  bytes.check_size(width, tags[TiffTag::kHeight], is_plain ? 8 : kMostPixelsPerByte);
  // A decoder asks for memory for a whole strip or tile, which may be larger than the picture.
  const std::uint64_t rows = tags[TiffTag::kRowsPerStrip];
  if (rows != kAllRows) bytes.check_size(width, rows, kMostPixelsPerByte);
  bytes.check_size(tags[TiffTag::kTileWidth], tags[TiffTag::kTileHeight], kMostPixelsPerByte);
}

Bytes tiff_bytes(std::string_view bytes, const std::string& where) {
  return {bytes, bytes.front() == 'I' ? ByteOrder::kLittle : ByteOrder::kBig, where};
}

bool starts_with(std::string_view bytes, std::string_view signature) {
  return bytes.substr(0, signature.size()) == signature;
}

}  // namespace

PictureKind picture_kind(std::string_view bytes, const std::string& where) {
  if (bytes.empty()) throw DataError(where + ": the file is empty");
  if (starts_with(bytes, "\x89PNG\r\n\x1a\n"sv)) return PictureKind::kPng;
  if (starts_with(bytes, "\xff\xd8\xff"sv)) return PictureKind::kJpeg;
  if (starts_with(bytes, "II*\0"sv) || starts_with(bytes, "MM\0*"sv)) return PictureKind::kTiff;
  if (starts_with(bytes, "BM"sv)) return PictureKind::kBmp;
  throw DataError(where + ": not a PNG, JPEG, TIFF or BMP picture by its content");
}

void check_picture_header(PictureKind kind, std::string_view bytes, const std::string& where) {
  switch (kind) {
    case PictureKind::kPng:
      return;  // decode_png looks itself
    case PictureKind::kJpeg:
      return check_jpeg(Bytes(bytes, ByteOrder::kBig, where));
    case PictureKind::kTiff:
      return check_tiff(tiff_bytes(bytes, where));
    case PictureKind::kBmp:
      return check_bmp(Bytes(bytes, ByteOrder::kLittle, where));
  }
}

std::optional<TiffGray16> find_tiff_gray16(std::string_view bytes, const std::string& where) {
  constexpr std::uint64_t kWhiteIsZero = 0, kBlackIsZero = 1, kDepth = 16, kUnsigned = 1;
  auto tags = read_tiff_tags(tiff_bytes(bytes, where));
  tags.try_emplace(TiffTag::kSamplesPerPixel, 1);
  tags.try_emplace(TiffTag::kSampleFormat, kUnsigned);
  const auto photometric = tags.find(TiffTag::kPhotometric);
  if (tags[TiffTag::kSamplesPerPixel] != 1 || tags[TiffTag::kBitsPerSample] != kDepth ||
      photometric == tags.end() || photometric->second > kBlackIsZero) {
    return std::nullopt;
  }
  return TiffGray16{photometric->second == kWhiteIsZero, tags[TiffTag::kSampleFormat] == kUnsigned};
}

}  // namespace flexunet
