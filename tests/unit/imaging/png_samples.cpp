#include "unit/imaging/png_samples.h"

#include <cstdio>
#include <stdexcept>

namespace flexunet {
namespace {

using Row = std::vector<std::uint8_t>;

// Each pixel of the picture as the bytes for black or for white.
std::vector<Row> rows_of(const Row& black, const Row& white) {
  std::vector<Row> rows;
  for (const auto& pixels : {std::array<bool, 4>{false, true, true, false},
                             std::array<bool, 4>{true, false, false, true}}) {
    Row row;
    for (const bool is_white : pixels) {
      const Row& bytes = is_white ? white : black;
      row.insert(row.end(), bytes.begin(), bytes.end());
    }
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

void write_png_sample(const std::filesystem::path& path, const PngSample& sample) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) throw std::runtime_error("cannot create " + path.string());
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_init_io(png, file);
  png_set_IHDR(png, info, static_cast<png_uint_32>(sample.width),
               static_cast<png_uint_32>(sample.rows.size()), sample.bit_depth, sample.color_type,
               sample.interlace, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (!sample.palette.empty()) {
    png_set_PLTE(png, info, sample.palette.data(), static_cast<int>(sample.palette.size()));
  }
  if (!sample.palette_alpha.empty()) {
    png_set_tRNS(png, info, sample.palette_alpha.data(),
                 static_cast<int>(sample.palette_alpha.size()), nullptr);
  }
  png_write_info(png, info);
  std::vector<png_bytep> rows;
  for (const Row& row : sample.rows) rows.push_back(const_cast<png_bytep>(row.data()));
  png_write_image(png, rows.data());
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  std::fclose(file);
}

std::vector<PngSample> black_and_white_samples() {
  const std::vector<png_color> palette{{255, 255, 255}, {9, 9, 9}, {0, 0, 0}};
  const Row position_of_black{2}, position_of_white{0};
  return {
      {"rgb", 8, PNG_COLOR_TYPE_RGB, rows_of({0, 0, 0}, {255, 255, 255}), 4},
      {"rgb16", 16, PNG_COLOR_TYPE_RGB, rows_of({0, 0, 0, 0, 0, 0}, {255, 255, 255, 255, 255, 255}),
       4},
      {"rgba", 8, PNG_COLOR_TYPE_RGB_ALPHA, rows_of({0, 0, 0, 0}, {255, 255, 255, 40}), 4},
      {"gray", 8, PNG_COLOR_TYPE_GRAY, rows_of({0}, {255}), 4},
      {"gray16", 16, PNG_COLOR_TYPE_GRAY, rows_of({0, 0}, {255, 255}), 4},
      {"gray1", 1, PNG_COLOR_TYPE_GRAY, {{0x60}, {0x90}}, 4},
      {"gray2", 2, PNG_COLOR_TYPE_GRAY, {{0x3C}, {0xC3}}, 4},
      {"gray_alpha", 8, PNG_COLOR_TYPE_GRAY_ALPHA, rows_of({0, 255}, {255, 0}), 4},
      {"palette", 8, PNG_COLOR_TYPE_PALETTE, rows_of(position_of_black, position_of_white), 4,
       palette},
      {"palette_transparent",
       8,
       PNG_COLOR_TYPE_PALETTE,
       rows_of(position_of_black, position_of_white),
       4,
       palette,
       {0, 128}},
      {"palette2", 2, PNG_COLOR_TYPE_PALETTE, {{0x82}, {0x28}}, 4, palette},
      {"palette1", 1, PNG_COLOR_TYPE_PALETTE, {{0x60}, {0x90}}, 4, {{0, 0, 0}, {255, 255, 255}}},
      {"interlaced",
       8,
       PNG_COLOR_TYPE_RGB,
       rows_of({0, 0, 0}, {255, 255, 255}),
       4,
       {},
       {},
       PNG_INTERLACE_ADAM7},
  };
}

}  // namespace flexunet
