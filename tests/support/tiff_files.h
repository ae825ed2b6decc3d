#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace flexunet {

/// An uncompressed TIFF file whose directory stands before the pixels, as many programs write it:
/// tags with their values in ascending order, each a single LONG. Those that say where the pixels
/// begin (273 for strips, 324 for tiles) are filled in.
inline std::string plain_tiff(const std::vector<std::pair<unsigned, unsigned>>& tags,
                              const std::string& pixels) {
  constexpr unsigned kLong = 4, kStripOffsets = 273, kTileOffsets = 324;
  std::string bytes("II*\0\x08\0\0\0", 8);
  const auto append = [&](std::size_t value, int count) {
    for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFFU);
  };
  append(tags.size(), 2);
  const std::size_t pixels_at = bytes.size() + tags.size() * 12 + 4;
  for (const auto& [tag, value] : tags) {
    append(tag, 2);
    append(kLong, 2);
    append(1, 4);
    append(tag == kStripOffsets || tag == kTileOffsets ? pixels_at : value, 4);
  }
  append(0, 4);
  return bytes + pixels;
}

/// Gray pixels of value 100 in one strip of `rows_per_strip` rows.
inline std::string strip_tiff(unsigned width, unsigned height, unsigned rows_per_strip) {
  return plain_tiff({{256, width},
                     {257, height},
                     {258, 8},
                     {259, 1},
                     {262, 1},
                     {273, 0},
                     {277, 1},
                     {278, rows_per_strip},
                     {279, width * height}},
                    std::string(std::size_t{width} * height, '\x64'));
}

/// 16x16 gray pixels of value 100 in one tile that claims to have the given sides.
inline std::string tile_tiff(unsigned tile_width = 16, unsigned tile_height = 16) {
  return plain_tiff({{256, 16},
                     {257, 16},
                     {258, 8},
                     {259, 1},
                     {262, 1},
                     {277, 1},
                     {322, tile_width},
                     {323, tile_height},
                     {324, 0},
                     {325, 256}},
                    std::string(256, '\x64'));
}

}  // namespace flexunet
