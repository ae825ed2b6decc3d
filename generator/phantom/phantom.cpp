#include "generator/phantom/phantom.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <system_error>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/imaging/rgb_map.h"
#include "generator/phantom/knee_anatomy.h"
#include "generator/phantom/knee_scanner.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

void check_folder(const PhantomRequest& request) {
  std::error_code error;
  const bool used = fs::exists(request.out, error) && !fs::is_empty(request.out, error);
  if (used && !request.force) {
    throw OutputError(
        fmt::format("{}: exists and is not empty: name another folder, or --force to "
                    "overwrite the files that are written",
                    request.out.string()));
  }
}

}  // namespace

Phantom make_phantom(int size, std::uint64_t seed, std::uint64_t index) {
  CounterRandom random(seed, index);
  const KneeAnatomy knee(random);
  const KneeScanner scanner(random);
  const KneeScan scan = scanner.scan(knee, size, random);
  Phantom phantom{cv::Mat(size, size, CV_8UC3), scan.class_mask};
  for (int y = 0; y < size; ++y) {
    const auto* brightness = scan.brightness.ptr<double>(y);
    auto* image = phantom.image.ptr<std::uint8_t>(y);
    for (int x = 0; x < size; ++x) {
      std::fill_n(image + 3 * x, 3, static_cast<std::uint8_t>(std::lround(brightness[x] * 255.0)));
    }
  }
  return phantom;
}

std::vector<RgbMapEntry> phantom_rgb_map() { return {{{0, 0, 0}, 0}, {{128, 40, 40}, 1}}; }

void check_phantom_size(int count, int size) {
  constexpr int kMinCount = 10, kMinSize = 16, kMaxSize = 4096;
  if (count < kMinCount) {
    throw ConfigError(
        fmt::format("--count {}: must be at least {}, or a split stays empty", count, kMinCount));
  }
  if (size < kMinSize || size > kMaxSize) {
    throw ConfigError(fmt::format("--size {}: must be {}..{}", size, kMinSize, kMaxSize));
  }
}

void write_phantoms(const PhantomRequest& request) {
  check_phantom_size(request.count, request.size);
  check_folder(request);
  constexpr int kFirstNumber = 10001;
  const RgbMap rgb_map(phantom_rgb_map());
  const int train_end = request.count * 7 / 10;
  const int valid_end = train_end + request.count * 2 / 10;
  for (int i = 0; i < request.count; ++i) {
    const fs::path split = request.out / (i < train_end   ? "train"
                                          : i < valid_end ? "valid"
                                                          : "test");
    const std::string name = std::to_string(kFirstNumber + i) + ".png";
    const Phantom phantom = make_phantom(request.size, request.seed, static_cast<std::uint64_t>(i));
    write_png(split / "images" / name, phantom.image);
    write_palette_png(split / "masks" / name, phantom.class_mask, rgb_map);
  }
}

}  // namespace flexunet
