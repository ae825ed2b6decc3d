#include "generator/phantom/phantom.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <string>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/imaging/rgb_map.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

constexpr int kSize = 128;
constexpr std::uint64_t kSeed = 137;

bool equal(const cv::Mat& a, const cv::Mat& b) { return cv::norm(a, b, cv::NORM_INF) == 0.0; }

// The best pooled foreground Dice of "bone is what is at least / at most as bright as t".
double best_threshold_dice(std::uint64_t seed, std::uint64_t count) {
  std::array<std::array<double, 256>, 2> histogram{};
  double bone = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    const Phantom phantom = make_phantom(kSize, seed, i);
    for (int y = 0; y < kSize; ++y) {
      for (int x = 0; x < kSize; ++x) {
        const auto class_index = phantom.class_mask.at<std::uint8_t>(y, x);
        histogram.at(class_index).at(phantom.image.at<cv::Vec3b>(y, x)[0]) += 1;
        bone += class_index;
      }
    }
  }
  double best = 0;
  for (const bool brighter : {true, false}) {
    double right = 0, chosen = 0;
    for (std::size_t i = 0; i < 256; ++i) {
      const std::size_t gray = brighter ? 255 - i : i;
      right += histogram[1][gray];
      chosen += histogram[0][gray] + histogram[1][gray];
      best = std::max(best, 2 * right / (chosen + bone));
    }
  }
  return best;
}

TEST(Phantom, CannotBeSegmentedByAThreshold) {
  for (const std::uint64_t seed : {kSeed, std::uint64_t{1}, std::uint64_t{2}}) {
    const double dice = best_threshold_dice(seed, 60);
    EXPECT_LE(dice, 0.6) << seed;
    EXPECT_GE(dice, 0.3) << seed << ": so low that the test itself is wrong";
  }
}

TEST(Phantom, HoldsFemurTibiaAndPatellaApart) {
  for (std::uint64_t i = 0; i < 24; ++i) {
    const Phantom phantom = make_phantom(2 * kSize, kSeed, i);
    cv::Mat labels, statistics, centres;
    const int bones =
        cv::connectedComponentsWithStats(phantom.class_mask, labels, statistics, centres) - 1;
    EXPECT_EQ(bones, 3) << i;
    const double area = cv::countNonZero(phantom.class_mask) / double{4 * kSize * kSize};
    EXPECT_GT(area, 0.12) << i;
    EXPECT_LT(area, 0.40) << i;
  }
}

TEST(Phantom, IsGrayAndDependsOnSeedAndIndexAlone) {
  const Phantom first = make_phantom(kSize, kSeed, 5);
  make_phantom(kSize, kSeed, 6);
  const Phantom again = make_phantom(kSize, kSeed, 5);
  EXPECT_TRUE(equal(first.image, again.image));
  EXPECT_TRUE(equal(first.class_mask, again.class_mask));
  EXPECT_FALSE(equal(first.class_mask, make_phantom(kSize, kSeed, 6).class_mask));
  EXPECT_FALSE(equal(first.class_mask, make_phantom(kSize, kSeed + 1, 5).class_mask));
  std::vector<cv::Mat> channels;
  cv::split(first.image, channels);
  EXPECT_TRUE(equal(channels[0], channels[1]));
  EXPECT_TRUE(equal(channels[0], channels[2]));
}

// The truth is the anatomy, not the sampling: twice the pixels give the same bones.
TEST(Phantom, ShowsTheSameKneeAtAnySize) {
  const cv::Mat small = make_phantom(kSize, kSeed, 3).class_mask;
  const cv::Mat large = make_phantom(3 * kSize, kSeed, 3).class_mask;
  for (int y = 0; y < kSize; ++y) {
    for (int x = 0; x < kSize; ++x) {
      ASSERT_EQ(small.at<std::uint8_t>(y, x), large.at<std::uint8_t>(3 * y + 1, 3 * x + 1));
    }
  }
}

PhantomRequest request_for(const fs::path& out) {
  PhantomRequest request;
  request.out = out;
  request.count = 12;
  request.size = 32;
  return request;
}

TEST(WritePhantoms, SplitsSeventyTwentyTenInOrder) {
  const TemporaryFolder folder;
  write_phantoms(request_for(folder.path() / "a"));
  const auto names = [&](const char* where) {
    std::string text;
    for (const fs::path& path : list_files(folder.path() / "a" / where))
      text += path.stem().string() + " ";
    return text;
  };
  EXPECT_EQ(names("train/images"), "10001 10002 10003 10004 10005 10006 10007 10008 ");
  EXPECT_EQ(names("valid/images"), "10009 10010 ");
  EXPECT_EQ(names("test/images"), "10011 10012 ");
  for (const char* split : {"train", "valid", "test"}) {
    EXPECT_EQ(names((std::string(split) + "/masks").c_str()),
              names((std::string(split) + "/images").c_str()));
  }
}

TEST(WritePhantoms, WritesWhatMakePhantomMakes) {
  const TemporaryFolder folder;
  write_phantoms(request_for(folder.path() / "a"));
  const Phantom phantom = make_phantom(32, kSeed, 8);
  EXPECT_TRUE(equal(read_picture(folder.path() / "a/valid/images/10009.png"), phantom.image));
  const RgbMap::Decoded mask =
      RgbMap(phantom_rgb_map()).decode(read_picture(folder.path() / "a/valid/masks/10009.png"));
  EXPECT_EQ(mask.off_palette_pixels, 0);
  EXPECT_TRUE(equal(mask.class_mask, phantom.class_mask));
}

TEST(WritePhantoms, GivesTheSameBytesForTheSameSeed) {
  const TemporaryFolder folder;
  write_phantoms(request_for(folder.path() / "a"));
  write_phantoms(request_for(folder.path() / "b"));
  for (const char* name : {"train/images/10001.png", "test/masks/10012.png"}) {
    EXPECT_EQ(read_file(folder.path() / "a" / name), read_file(folder.path() / "b" / name)) << name;
  }
}

TEST(WritePhantoms, RefusesAFolderInUseUnlessForced) {
  const TemporaryFolder folder;
  const fs::path mine = folder.write("out/mine.txt", "x");
  PhantomRequest request = request_for(folder.path() / "out");
  EXPECT_THROW(write_phantoms(request), OutputError);
  EXPECT_FALSE(fs::exists(folder.path() / "out/train"));
  request.force = true;
  write_phantoms(request);
  EXPECT_EQ(read_file(mine), "x");
  EXPECT_TRUE(fs::exists(folder.path() / "out/train/images/10001.png"));
}

TEST(WritePhantoms, RefusesWhatItCannotWrite) {
  const TemporaryFolder folder;
  const fs::path file = folder.write("file", "x");
  EXPECT_THROW(write_phantoms(request_for(file)), OutputError);
  EXPECT_THROW(write_phantoms(request_for(file / "below")), OutputError);
  PhantomRequest request = request_for(folder.path() / "a");
  request.count = 9;
  EXPECT_THROW(write_phantoms(request), ConfigError);
  request.count = 10;
  request.size = 15;
  EXPECT_THROW(write_phantoms(request), ConfigError);
}

}  // namespace
}  // namespace flexunet
