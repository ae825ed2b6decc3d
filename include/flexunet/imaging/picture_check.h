#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace flexunet {

enum class PictureKind { kPng, kJpeg, kTiff, kBmp };

/// What the bytes of a file are by their signature, whatever the file's name ends in.
/// Throws DataError that starts with `where` for anything else.
PictureKind picture_kind(std::string_view bytes, const std::string& where);

/// Checks, before a decoder sees them, that a JPEG reaches its end marker and that a JPEG, TIFF or
/// BMP claims at most kMaxPicturePixels pixels. Throws DataError that starts with `where`.
void check_picture_header(PictureKind kind, std::string_view bytes, const std::string& where);

}  // namespace flexunet
