// Writes a picture of any size: large_picture WIDTH HEIGHT FILE [gray16]. PNG or TIFF by the file's
// ending, RGB of 8 bits or gray of 16. Soft tones with a little noise, so that its file is neither
// empty nor as large as the picture; the TIFF is not compressed. In a program of its own, so that
// its memory is not counted to a test.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

std::vector<int> waves(int length, double period) {
  std::vector<int> tones;
  tones.reserve(static_cast<std::size_t>(length));
  for (int i = 0; i < length; ++i) {
    tones.push_back(static_cast<int>(60 + 55 * std::sin(i / period)));
  }
  return tones;
}

cv::Mat draw(cv::Size size, int type) {
  cv::Mat picture(size, type);
  const std::vector<int> across = waves(size.width, 37.0), down = waves(size.height, 53.0);
  std::uint32_t noise = 1;
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      noise = noise * 1664525U + 1013904223U;  // a linear congruential generator
      const int tone = across[static_cast<std::size_t>(x)] + down[static_cast<std::size_t>(y)] +
                       static_cast<int>(noise >> 30);
      if (picture.depth() == CV_16U) {
        picture.at<std::uint16_t>(y, x) = static_cast<std::uint16_t>(16 * tone);
      } else {
        picture.at<cv::Vec3b>(y, x) = cv::Vec3b::all(static_cast<std::uint8_t>(tone));
      }
    }
  }
  return picture;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc < 4) throw std::runtime_error("WIDTH HEIGHT FILE [gray16] expected");
    const bool gray16 = argc > 4 && std::string(argv[4]) == "gray16";
    const cv::Mat picture =
        draw({std::stoi(argv[1]), std::stoi(argv[2])}, gray16 ? CV_16UC1 : CV_8UC3);
    constexpr int kNone = 1;
    const std::vector<int> quick{cv::IMWRITE_PNG_COMPRESSION, 1, cv::IMWRITE_TIFF_COMPRESSION,
                                 kNone};
    if (!cv::imwrite(argv[3], picture, quick)) throw std::runtime_error("cannot write");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "large_picture: %s\n", error.what());
    return 1;
  }
  return 0;
}
