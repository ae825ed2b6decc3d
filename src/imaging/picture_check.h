#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace flexunet {

enum class PictureKind { kPng, kJpeg, kTiff, kBmp };

/// What the bytes of a file are by their signature, whatever the file's name ends in.
/// Throws DataError that starts with `where` for anything else.
PictureKind picture_kind(std::string_view bytes, const std::string& where);

/// Checks, before a decoder sees them, that a JPEG reaches its end marker and that a JPEG, TIFF or
/// BMP claims at most kMaxPicturePixels pixels, and no more than its bytes can hold by the best
/// compression of its kind. Throws DataError that starts with `where`.
void check_picture_header(PictureKind kind, std::string_view bytes, const std::string& where);

/// How a TIFF file holds gray values of 16 bits.
struct TiffGray16 {
  bool is_white_zero = false;  ///< the largest value is black
  bool is_unsigned = true;     ///< whole numbers from 0; false: signed or floating point
};

/// What the header of a TIFF says of its gray values of 16 bits; nothing where its pixels are of
/// another kind. Throws DataError that starts with `where`.
std::optional<TiffGray16> find_tiff_gray16(std::string_view bytes, const std::string& where);

}  // namespace flexunet
