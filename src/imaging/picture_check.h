#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace flexunet {

enum class PictureKind { kPng, kJpeg, kTiff, kBmp };

/// What the bytes of a file are by their signature, whatever the file's name ends in.
/// Throws DataError that starts with `where` for anything else.
PictureKind picture_kind(std::string_view bytes, const std::string& where);

/// The most pixels that a byte can stand for, so that a small file with a large claim is refused
/// before memory is asked for. Runs of equal bits in a fax page reach 20,000; nothing else comes
/// near.
constexpr std::uint64_t kMostPixelsPerByte = 1U << 15U;

/// The size that a header claims, each side below 2^32, and the most pixels that a byte holds by
/// the best compression of its kind.
struct PictureClaim {
  std::uint64_t width = 0, height = 0;
  std::uint64_t pixels_per_byte = kMostPixelsPerByte;
};

/// Throws DataError that starts with `where` for a claim of more than kMaxPicturePixels pixels, or
/// of more than a file of that size can hold.
void check_picture_claim(const PictureClaim& claim, std::uint64_t file_size,
                         const std::string& where);

/// Checks, before a decoder sees it, that a JPEG reaches its end marker, and its claim. Returns its
/// EXIF orientation. Throws DataError that starts with `where`.
int check_jpeg_header(std::string_view bytes, const std::string& where);

/// The claim of a BMP and, where it is not compressed, that it has all its rows. Throws DataError
/// that starts with `where`.
void check_bmp_header(std::string_view bytes, const std::string& where);

/// The Orientation of EXIF data (a TIFF header and its directories), 1 to 8; 1 where there is none.
int exif_orientation(std::string_view exif);

}  // namespace flexunet
