#include "flexunet/imaging/image_io.h"

#include <fmt/format.h>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/text.h"
#include "flexunet/imaging/picture_check.h"
#include "flexunet/imaging/png_codec.h"

namespace flexunet {
namespace {

cv::Mat decode_with_opencv(const std::string& bytes, const std::string& where) {
  cv::Mat bgr;
  try {
    const cv::Mat view(1, static_cast<int>(bytes.size()), CV_8UC1, const_cast<char*>(bytes.data()));
    bgr = cv::imdecode(view, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception& error) {
    throw DataError(fmt::format("{}: cannot be decoded: {}", where, error.err));
  }
  if (bgr.empty()) {
    throw DataError(where + ": cannot be decoded: damaged, truncated or of an unusual kind");
  }
  cv::Mat rgb;
  cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  return rgb;
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
  const std::string where = path.string();
  const std::string bytes = read_file(path);
  const PictureKind kind = picture_kind(bytes, where);
  if (kind == PictureKind::kPng) return decode_png(bytes, where);
  if (bytes.size() > kMaxPicturePixels * 4) {
    throw DataError(fmt::format("{}: {} bytes are too many for a picture", where, bytes.size()));
  }
  check_picture_header(kind, bytes, where);
  return decode_with_opencv(bytes, where);
}

void write_png(const std::filesystem::path& path, const cv::Mat& rgb) {
  write_file(path, encode_rgb_png(rgb));
}

}  // namespace flexunet
