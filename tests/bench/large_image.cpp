// The long form of tests/integration/tiled_memory_test.cpp, which takes minutes and 2 GB on disk:
// segments pictures of 20,000 x 15,000 pixels and prints the memory that takes. No ctest entry; run
// it from the build folder as tests/large_image.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "integration/tiled_project.h"

namespace flexunet {
namespace {

constexpr double kMegabyte = 1e6;
constexpr std::int64_t kPixels = std::int64_t{20'000} * 15'000;
constexpr std::int64_t kPicture = 3 * kPixels;
constexpr std::int64_t kMask = kPixels;
constexpr std::int64_t kBeyond = 1'000'000'000;

double megabytes(std::int64_t bytes) { return static_cast<double>(bytes) / kMegabyte; }

TEST(LargeImage, TakesAGigabyteBeyondPictureAndMaskAtMost) {
  const TiledProject project({"model.image_width=256", "model.image_height=256",
                              "model.num_layers=3", "model.base_filters=2",
                              "tiledinfer.split_size=1000"});
  ASSERT_EQ(project.trained().exit_code, 0) << project.trained().err;
  const ProcessResult base = project.infer(project.draw("64", "64", "tiny.png"));
  ASSERT_EQ(base.exit_code, 0) << base.err;
  fmt::print("tiny picture: {:.0f} MB (this program: {:.0f} MB)\n", megabytes(base.peak_memory),
             megabytes(own_peak_memory()));
  const struct {
    const char* name;
    const char* kind;
    std::vector<std::string> more;
  } cases[] = {{"large.png", "", {}},
               {"large.png", "", {"--overlay"}},
               {"large.tif", "", {}},
               {"large16.png", "gray16", {}},
               {"large16.tif", "gray16", {}}};
  for (const auto& each : cases) {
    const auto picture = project.draw("20000", "15000", each.name, each.kind);
    const auto start = std::chrono::steady_clock::now();
    const ProcessResult result = project.infer(picture, each.more);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    ASSERT_EQ(result.exit_code, 0) << result.err;
    const std::int64_t extra = result.peak_memory - base.peak_memory;
    fmt::print(
        "{}{}: peak {:.0f} MB, {:.0f} MB beyond the tiny picture's (bar {:.0f}); file {:.0f} "
        "MB, {:.0f} s\n",
        each.name, each.more.empty() ? "" : " " + each.more.front(), megabytes(result.peak_memory),
        megabytes(extra), megabytes(kPicture + kMask + kBeyond),
        megabytes(static_cast<std::int64_t>(std::filesystem::file_size(picture))), seconds.count());
    EXPECT_LE(extra, kPicture + kMask + kBeyond) << each.name;
    EXPECT_GE(extra, kPicture) << each.name;
    std::filesystem::remove(picture);
  }
}

}  // namespace
}  // namespace flexunet
