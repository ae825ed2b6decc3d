#include "generator/common/picture_hash.h"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "flexunet/base/checksum.h"
#include "flexunet/dataset/decoder.h"

namespace flexunet {
namespace {

constexpr int kSide = 32;

// A picture of one channel, (32,32) CV_32FC1.
cv::Mat rendering(const cv::Mat& image) {
  cv::Mat values;
  cv::resize(image, values, {kSide, kSide}, 0, 0, cv::INTER_AREA);
  values.convertTo(values, CV_32F);
  cv::Mat gray(kSide, kSide, CV_32FC1);
  const int channels = values.channels();
  for (int y = 0; y < kSide; ++y) {
    const auto* row = values.ptr<float>(y);
    for (int x = 0; x < kSide; ++x) {
      float sum = 0;
      for (int c = 0; c < channels; ++c) sum += row[x * channels + c];
      gray.at<float>(y, x) = sum / static_cast<float>(channels);
    }
  }
  return gray;
}

std::uint64_t dct_bits(const cv::Mat& gray) {
  constexpr int kFrequencies = 8;
  cv::Mat transformed;
  cv::dct(gray, transformed);
  std::array<float, 64> lowest{};
  std::size_t next = 0;
  for (int y = 0; y < kFrequencies; ++y) {
    for (int x = 0; x < kFrequencies; ++x) lowest.at(next++) = transformed.at<float>(y + 1, x + 1);
  }
  std::array<float, 64> sorted = lowest;
  std::nth_element(sorted.begin(), sorted.begin() + 32, sorted.end());
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < 64; ++i) bits |= std::uint64_t{lowest[i] > sorted[32]} << i;
  return bits;
}

std::uint32_t checksum_of(const cv::Mat& picture) {
  const std::array<std::int32_t, 2> size{picture.rows, picture.cols};
  return picture_checksum(picture,
                          crc32_of({reinterpret_cast<const char*>(size.data()), sizeof(size)}));
}

}  // namespace

cv::Mat oriented(const cv::Mat& picture, std::size_t orientation) {
  constexpr std::size_t kTransposed = 4;  // then mirrored as the lower two bits say
  constexpr std::array<int, 4> kFlipCodes = {0, 1, 0, -1};
  cv::Mat turned = orientation >= kTransposed ? cv::Mat(picture.t()) : picture;
  const std::size_t flips = orientation % kTransposed;
  if (flips == 0) return turned;
  cv::Mat result;
  cv::flip(turned, result, kFlipCodes.at(flips));
  return result;
}

std::string orientation_text(std::size_t orientation) {
  constexpr std::array<const char*, kOrientations> kTexts = {"",
                                                             "mirrored left to right",
                                                             "mirrored upside down",
                                                             "rotated by 180 degrees",
                                                             "mirrored at a diagonal",
                                                             "rotated by a right angle",
                                                             "rotated by a right angle",
                                                             "mirrored at a diagonal"};
  return kTexts.at(orientation);
}

PictureHash picture_hash(const cv::Mat& image) {
  const cv::Mat gray = rendering(image);
  PictureHash hash;
  for (std::size_t i = 0; i < kOrientations; ++i) hash.bits.at(i) = dct_bits(oriented(gray, i));
  hash.thumbnail = gray - cv::mean(gray)[0];
  constexpr double kFlat = 1e-3;
  const double length = cv::norm(hash.thumbnail);
  hash.thumbnail = length > kFlat ? cv::Mat(hash.thumbnail / length) : cv::Mat(gray * 0);
  return hash;
}

Likeness likeness(const PictureHash& a, const PictureHash& b) {
  Likeness best;
  for (std::size_t i = 0; i < kOrientations; ++i) {
    const int bits = static_cast<int>(std::bitset<64>(a.bits[0] ^ b.bits[i]).count());
    if (bits < best.bits) best = {bits, i};
  }
  return best;
}

std::uint32_t orientation_free_checksum(const cv::Mat& image) {
  std::uint32_t least = UINT32_MAX;
  for (std::size_t i = 0; i < kOrientations; ++i) {
    least = std::min(least, checksum_of(oriented(image, i)));
  }
  return least;
}

}  // namespace flexunet
