// A colour mask: a PNG from the file to class indices and back to colours.
#include <zlib.h>

#include <opencv2/core.hpp>

#include "flexunet/base/error.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/imaging/rgb_map.h"
#include "fuzz/fuzz_input.h"

namespace flexunet {
namespace {

bool decode(const std::string& png) {
  const InputFile file(png);
  const RgbMap rgb_map({{{0, 0, 0}, 0}, {{255, 0, 0}, 2}, {{255, 0, 1}, 1}, {{9, 200, 77}, 3}});
  return reads_or_refuses<DataError>(file.path().string(), [&] {
    const cv::Mat rgb = read_picture(file.path());
    const RgbMap::Decoded decoded = rgb_map.decode(rgb);
    require(decoded.class_mask.size() == rgb.size(), "a class for each pixel");
    double highest = 0;
    cv::minMaxLoc(decoded.class_mask, nullptr, &highest);
    require(highest < rgb_map.num_classes(), "classes of the map");
    const RgbMap::Decoded again = rgb_map.decode(rgb_map.encode(decoded.class_mask));
    require(again.off_palette_pixels == 0, "colours of the map");
    require(cv::norm(again.class_mask, decoded.class_mask, cv::NORM_INF) == 0, "the same classes");
  });
}

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes.substr(0, 4)) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

// With right checksums, so that damage passes the first thing that would refuse it.
std::string with_checksums(std::string png) {
  constexpr std::size_t kSignature = 8, kAround = 12;
  std::size_t at = kSignature;
  while (png.size() >= at + kAround) {
    const std::size_t length = big_endian(std::string_view(png).substr(at));
    if (length > png.size() - at - kAround) break;
    const auto* checked = reinterpret_cast<const Bytef*>(&png[at + 4]);
    const uLong checksum = crc32(crc32(0, nullptr, 0), checked, static_cast<uInt>(length + 4));
    for (std::size_t i = 0; i < 4; ++i) {
      png[at + 8 + length + i] = static_cast<char>(checksum >> (24 - 8 * i) & 0xFFU);
    }
    at += length + kAround;
  }
  return png;
}

}  // namespace

bool reads_input(std::string_view input) {
  const std::string bytes(input);
  if (bytes.substr(0, 8) != "\x89PNG\r\n\x1a\n") return false;
  const std::string repaired = with_checksums(bytes);
  if (repaired != bytes) decode(repaired);
  return decode(bytes);
}

}  // namespace flexunet
