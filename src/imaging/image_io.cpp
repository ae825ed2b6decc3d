#include "flexunet/imaging/image_io.h"

#include <fmt/format.h>

#include <array>
#include <cstring>
#include <fstream>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/text.h"
#include "flexunet/imaging/png_codec.h"
#include "imaging/deep_mask.h"
#include "imaging/intensity.h"
#include "imaging/picture_check.h"
#include "imaging/stored_picture.h"

namespace flexunet {
namespace {

// What a file is by its first bytes.
PictureKind kind_of(std::ifstream& file, const std::string& where) {
  std::array<char, 8> start{};
  file.read(start.data(), start.size());
  const auto size = static_cast<std::size_t>(file.gcount());
  file.clear();
  file.seekg(0);
  return picture_kind({start.data(), size}, where);
}

std::string checked_bytes(const std::filesystem::path& path) {
  std::string bytes = read_file(path);
  if (bytes.size() > std::numeric_limits<int>::max()) {
    throw DataError(
        fmt::format("{}: {} bytes are too many for a picture", path.string(), bytes.size()));
  }
  return bytes;
}

// BMP alone is left to OpenCV, whose decoders of the other kinds print, narrow or know no pages.
cv::Mat decode_bmp(const std::string& bytes, const std::string& where) {
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  const cv::Mat view(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<char*>(bytes.data()));
  cv::Mat picture;
  try {
    picture = cv::imdecode(view, cv::IMREAD_COLOR);
  } catch (const cv::Exception& error) {
    throw DataError(fmt::format("{}: cannot be decoded: {}", where, error.err));
  }
  if (picture.empty()) {
    throw DataError(where + ": cannot be decoded: damaged, truncated or of an unusual kind");
  }
  cv::cvtColor(picture, picture, cv::COLOR_BGR2RGB);
  return picture;
}

StoredPicture decode_picture(const std::filesystem::path& path, std::optional<int> page) {
  const std::string where = path.string();
  std::ifstream file = open_file(path);
  StoredPicture picture;
  switch (kind_of(file, where)) {
    case PictureKind::kPng:
      return decode_png(file, where);
    case PictureKind::kTiff:
      return decode_tiff(path, page);
    case PictureKind::kJpeg: {
      const std::string bytes = checked_bytes(path);
      const int orientation = check_jpeg_header(bytes, where);
      picture = decode_jpeg(bytes, where);
      picture.orientation = orientation;
      return picture;
    }
    case PictureKind::kBmp: {
      const std::string bytes = checked_bytes(path);
      check_bmp_header(bytes, where);
      picture.pixels = decode_bmp(bytes, where);
    }
  }
  return picture;
}

// What the file holds, upright and without alpha; one page of it.
StoredPicture read_stored(const std::filesystem::path& path, std::optional<int> page) {
  StoredPicture picture = decode_picture(path, page);
  settle(picture);
  return picture;
}

cv::Mat as_rgb(cv::Mat bytes) {
  if (bytes.channels() == 1) cv::cvtColor(bytes, bytes, cv::COLOR_GRAY2RGB);
  return bytes;
}

}  // namespace

bool is_picture(const std::filesystem::path& path) {
  const std::string ending = to_lower(path.extension().string());
  for (const char* known : {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"}) {
    if (ending == known) return true;
  }
  return false;
}

int count_pages(const std::filesystem::path& path) {
  std::ifstream file = open_file(path);
  return kind_of(file, path.string()) == PictureKind::kTiff ? count_tiff_pages(path) : 1;
}

LoadedPicture load_image(const std::filesystem::path& path,
                         const std::optional<IntensityRange>& range, std::optional<int> page) {
  const StoredPicture stored = read_stored(path, page);
  if (stored.pixels.depth() == CV_8U) return {as_rgb(stored.pixels), stored.remarks};
  return {as_rgb(scale_to_bytes(stored.pixels, range, path.string())), stored.remarks};
}

LoadedPicture load_mask(const std::filesystem::path& path, const std::vector<RgbMapEntry>& rgb_map,
                        std::optional<int> page) {
  const StoredPicture stored = read_stored(path, page);
  if (stored.pixels.depth() == CV_8U) return {as_rgb(stored.pixels), stored.remarks};
  return {as_rgb(deep_mask_colors(stored.pixels, rgb_map, path.string())), stored.remarks};
}

cv::Mat read_picture(const std::filesystem::path& path) { return load_mask(path).rgb; }

bool is_same_picture(const cv::Mat& a, const cv::Mat& b) {
  if (a.size() != b.size() || a.type() != b.type() || a.empty()) return false;
  const std::size_t row_size = static_cast<std::size_t>(a.cols) * a.elemSize();
  bool is_one_color = true;
  for (int y = 0; y < a.rows; ++y) {
    const auto* row = a.ptr(y);
    if (std::memcmp(row, b.ptr(y), row_size) != 0) return false;
    for (std::size_t i = 0; is_one_color && i < row_size; ++i) {
      is_one_color = row[i] == a.data[i % a.elemSize()];
    }
  }
  return !is_one_color;
}

void write_png(const std::filesystem::path& path, const cv::Mat& rgb) {
  write_file(path, [&](const Append& append) { encode_rgb_png(rgb, append); });
}

}  // namespace flexunet
