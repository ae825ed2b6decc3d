#pragma once

#include <png.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace flexunet {

/// A PNG file as its rows' raw bytes, to write kinds that the toolkit itself never writes.
struct PngSample {
  std::string name;
  int bit_depth = 8;
  int color_type = PNG_COLOR_TYPE_RGB;
  std::vector<std::vector<std::uint8_t>> rows;  ///< packed as in the file
  int width = 0;
  std::vector<png_color> palette = {};
  std::vector<std::uint8_t> palette_alpha = {};  ///< tRNS of a palette
  int interlace = PNG_INTERLACE_NONE;
};

void write_png_sample(const std::filesystem::path& path, const PngSample& sample);

/// The same 4x2 picture in every kind of PNG that holds it exactly. Its RGB rendering is
/// black white white black / white black black white.
std::vector<PngSample> black_and_white_samples();

}  // namespace flexunet
