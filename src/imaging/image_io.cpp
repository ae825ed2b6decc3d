#include "flexunet/imaging/image_io.h"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <utility>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/text.h"
#include "flexunet/imaging/png_codec.h"
#include "imaging/intensity.h"
#include "imaging/picture_check.h"

namespace flexunet {
namespace {

// Calls a decoder of OpenCV's.
template <typename Decode>
cv::Mat decoded(Decode decode, const std::string& where) {
  cv::Mat picture;
  try {
    picture = decode();
  } catch (const cv::Exception& error) {
    throw DataError(fmt::format("{}: cannot be decoded: {}", where, error.err));
  }
  if (picture.empty()) {
    throw DataError(where + ": cannot be decoded: damaged, truncated or of an unusual kind");
  }
  return picture;
}

cv::Mat decode_bytes(const std::string& bytes, int flags, const std::string& where) {
  const cv::Mat view(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<char*>(bytes.data()));
  return decoded([&] { return cv::imdecode(view, flags); }, where);
}

// Not from bytes in memory, where OpenCV 4.6 fails to read tiles.
cv::Mat decode_tiff(int flags, const std::string& where) {
  return decoded([&] { return cv::imread(where, flags); }, where);
}

// Row by row: cv::cvtColor would copy the picture first, in place or not.
void swap_red_and_blue(cv::Mat& picture) {
  for (int y = 0; y < picture.rows; ++y) {
    auto* row = picture.ptr<cv::Vec3b>(y);
    for (int x = 0; x < picture.cols; ++x) std::swap(row[x][0], row[x][2]);
  }
}

cv::Mat decode_tiff_gray16(const TiffGray16& gray16, const std::string& where) {
  if (!gray16.is_unsigned) {
    throw DataError(where +
                    ": gray values of 16 bits with a sign or a fraction: save the image with "
                    "unsigned values (0 to 65535)");
  }
  cv::Mat values = decode_tiff(cv::IMREAD_UNCHANGED, where);
  if (values.type() != CV_16UC1) throw DataError(where + ": is not what its header says");
  if (gray16.is_white_zero) cv::bitwise_not(values, values);
  return values;
}

// (H,W) CV_8UC3, or CV_16UC1 where the file holds gray values of 16 bits and they are to be kept.
cv::Mat read_pixels(const std::filesystem::path& path, Gray16 gray16) {
  const std::string where = path.string();
  std::ifstream file = open_file(path);
  std::array<char, 8> start{};
  file.read(start.data(), start.size());
  if (picture_kind({start.data(), static_cast<std::size_t>(file.gcount())}, where) ==
      PictureKind::kPng) {
    file.clear();
    file.seekg(0);
    return decode_png(file, where, gray16);
  }
  std::string bytes = read_file(path);
  const PictureKind kind = picture_kind(bytes, where);
  if (bytes.size() > std::numeric_limits<int>::max()) {
    throw DataError(fmt::format("{}: {} bytes are too many for a picture", where, bytes.size()));
  }
  check_picture_header(kind, bytes, where);
  constexpr int kAsStored = cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION;
  cv::Mat picture;
  if (kind == PictureKind::kTiff) {
    const auto layout = find_tiff_gray16(bytes, where);
    std::string().swap(bytes);  // a large picture needs the memory
    if (layout && gray16 == Gray16::kKeep) return decode_tiff_gray16(*layout, where);
    picture = decode_tiff(kAsStored, where);
  } else {
    picture = decode_bytes(bytes, kAsStored, where);
  }
  swap_red_and_blue(picture);
  return picture;
}

}  // namespace

bool is_picture(const std::filesystem::path& path) {
  const std::string ending = to_lower(path.extension().string());
  for (const char* known : {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp"}) {
    if (ending == known) return true;
  }
  return false;
}

cv::Mat read_picture(const std::filesystem::path& path) {
  return read_pixels(path, Gray16::kUpperByte);
}

cv::Mat read_scaled_picture(const std::filesystem::path& path,
                            const std::optional<IntensityRange>& range) {
  cv::Mat picture = read_pixels(path, Gray16::kKeep);
  if (picture.depth() == CV_8U) return picture;
  picture = scale_to_bytes(picture, range);
  cv::Mat rgb;
  cv::cvtColor(picture, rgb, cv::COLOR_GRAY2RGB);
  return rgb;
}

void write_png(const std::filesystem::path& path, const cv::Mat& rgb) {
  write_file(path, [&](const Append& append) { encode_rgb_png(rgb, append); });
}

}  // namespace flexunet
