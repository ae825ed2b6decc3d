#include "scans/dicom_frame.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace flexunet {
namespace {

// Reads the values of a frame one after the other, in the order of the file.
class Values {
 public:
  explicit Values(const DicomFrame& frame)
      : bytes_(frame.bytes.data()),
        first_bit_(static_cast<std::size_t>(frame.first_bit)),
        value_size_(static_cast<std::size_t>(frame.layout.bits_allocated) / 8),
        shift_(frame.layout.high_bit + 1 - frame.layout.bits_stored),
        mask_((std::uint64_t{1} << frame.layout.bits_stored) - 1),
        sign_(frame.layout.is_signed ? std::int64_t{1} << (frame.layout.bits_stored - 1) : 0) {}

  std::int64_t at(std::size_t index) const {
    const std::uint64_t bits = raw(index) >> shift_ & mask_;
    // Flipping the sign bit and taking its weight away gives two's complement its sign.
    return (static_cast<std::int64_t>(bits) ^ sign_) - sign_;
  }

 private:
  std::uint64_t raw(std::size_t index) const {
    if (value_size_ == 0) {
      const std::size_t bit = first_bit_ + index;
      return bytes_[bit / 8] >> (bit % 8) & 1U;
    }
    std::uint64_t value = 0;
    for (std::size_t i = value_size_; i-- > 0;)
      value = value << 8U | bytes_[index * value_size_ + i];
    return value;
  }

  const std::uint8_t* bytes_;
  std::size_t first_bit_, value_size_;
  int shift_;
  std::uint64_t mask_;
  std::int64_t sign_;
};

std::uint8_t to_byte(double value) {
  return static_cast<std::uint8_t>(std::clamp(std::floor(value + 0.5), 0.0, 255.0));
}

cv::Vec3b rgb_of_ybr(cv::Vec3b ybr) {
  const double y = ybr[0], cb = ybr[1] - 128.0, cr = ybr[2] - 128.0;
  return {to_byte(y + 1.402 * cr), to_byte(y - 0.344136 * cb - 0.714136 * cr),
          to_byte(y + 1.772 * cb)};
}

// Where the three values of pixel `i` of `pixels` stand.
struct Places {
  std::size_t first, second, third;
};

Places places_of(std::size_t i, std::size_t pixels, const DicomLayout& layout) {
  if (layout.color_space == "YBR_FULL_422") {
    const std::size_t pair = i / 2 * 4;  // two Y, then Cb and Cr of both
    return {pair + i % 2, pair + 2, pair + 3};
  }
  if (layout.is_planar) return {i, pixels + i, 2 * pixels + i};
  return {3 * i, 3 * i + 1, 3 * i + 2};
}

}  // namespace

cv::Mat stored_values(const DicomFrame& frame) {
  const Values values(frame);
  cv::Mat result(frame.layout.size, CV_64FC1);
  std::size_t i = 0;
  for (int y = 0; y < result.rows; ++y) {
    auto* row = result.ptr<double>(y);
    for (int x = 0; x < result.cols; ++x) row[x] = static_cast<double>(values.at(i++));
  }
  return result;
}

cv::Mat rgb_pixels(const DicomFrame& frame) {
  const DicomLayout& layout = frame.layout;
  const Values values(frame);
  const int surplus = std::max(layout.bits_stored - 8, 0);
  const auto byte_at = [&](std::size_t place) {
    return static_cast<std::uint8_t>(values.at(place) >> surplus & 0xFF);
  };
  const bool is_ybr = layout.color_space.rfind("YBR", 0) == 0;
  cv::Mat result(layout.size, CV_8UC3);
  std::size_t i = 0;
  for (int y = 0; y < result.rows; ++y) {
    auto* row = result.ptr<cv::Vec3b>(y);
    for (int x = 0; x < result.cols; ++x) {
      const Places at = places_of(i++, result.total(), layout);
      const cv::Vec3b pixel(byte_at(at.first), byte_at(at.second), byte_at(at.third));
      row[x] = is_ybr ? rgb_of_ybr(pixel) : pixel;
    }
  }
  return result;
}

}  // namespace flexunet
