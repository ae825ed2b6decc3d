#include <gtest/gtest.h>

#include "integration/tiled_project.h"

namespace flexunet {
namespace {

constexpr std::int64_t kMegabyte = 1'000'000;

// A tall picture in hundreds of windows. Whatever is kept of each of them, or of the whole picture
// beside itself and its class mask, goes beyond the slack: a second picture takes 31 MB, class
// probabilities of every pixel take 82 MB.
TEST(TiledMemory, IsThatOfThePictureItsMaskAndNoMore) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "the sanitizer has memory of its own";
#endif
  const TiledProject project({"model.num_layers=3", "model.base_filters=2",
                              "tiledinfer.split_size=256", "tiledinfer.overlapping=32"});
  ASSERT_EQ(project.trained().exit_code, 0) << project.trained().err;
  constexpr std::int64_t kPixels = 512 * 20'000;
  constexpr std::int64_t kPicture = 3 * kPixels;
  constexpr std::int64_t kMask = kPixels;
  constexpr std::int64_t kSlack = 8 * kMegabyte;
  const auto tall = project.draw("512", "20000", "tall.png");
  const auto tiny = project.draw("64", "64", "tiny.png");
  const ProcessResult base = project.infer(tiny, {"--overlay"});
  ASSERT_EQ(base.exit_code, 0) << base.err;
  // Otherwise what this program holds would hide what the other one holds.
  ASSERT_LT(own_peak_memory(), base.peak_memory);
  const ProcessResult result = project.infer(tall, {"--overlay"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const std::int64_t extra = result.peak_memory - base.peak_memory;
  RecordProperty("extra_megabytes", static_cast<int>(extra / kMegabyte));
  EXPECT_LE(extra, kPicture + kMask + kSlack) << extra / kMegabyte << " MB beyond a tiny picture's";
  EXPECT_GE(extra, kPicture) << "the picture cannot have been in memory: what was measured?";
}

}  // namespace
}  // namespace flexunet
