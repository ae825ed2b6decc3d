#include "dataset/sample_cache.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <ctime>

#include "unit/dataset/split_folder.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A split of four pairs whose cache file was written.
class SampleCache : public testing::Test {
 protected:
  SampleCache() { split_.load(DatasetCache::kDisk); }

  Dataset load() { return split_.load(DatasetCache::kDisk); }
  void expect_all_right(const Dataset& dataset) const {
    for (int i = 0; i < 4; ++i) {
      EXPECT_EQ(gray_of(dataset.sample(static_cast<std::size_t>(i))), 10 * (i + 1));
    }
  }

  SplitFolder split_{4};
};

constexpr std::size_t kHeader = 16;
constexpr std::size_t kRecord = 256;

TEST_F(SampleCache, ServesTheNextRun) {
  EXPECT_TRUE(split_.has_said("4 samples, 0 reused")) << split_.said;
  const std::string before = read_file(split_.cache());
  expect_all_right(load());
  EXPECT_EQ(split_.said, "dataset cache: " + split_.cache().string() + ", 4 samples, 4 reused\n");
  EXPECT_TRUE(read_file(split_.cache()) == before);
}

TEST_F(SampleCache, IsTheSameWhateverTheThreads) {
  const std::string before = read_file(split_.cache());
  fs::remove(split_.cache());
  split_.load(DatasetCache::kDisk, 7);
  EXPECT_TRUE(read_file(split_.cache()) == before);
}

// Again and again, to meet the moment at which the clock of file times stands still.
TEST_F(SampleCache, NoticesContentThatChangedInSecret) {
  split_.write_image(0, 96);
  const std::string even = read_file(split_.image(0));
  split_.write_image(0, 97);
  const std::string odd = read_file(split_.image(0));
  ASSERT_EQ(even.size(), odd.size());
  for (int i = 0; i < 30; ++i) {
    rewrite_in_secret(split_.image(0), i % 2 == 0 ? even : odd);
    const Dataset dataset = load();
    ASSERT_EQ(gray_of(dataset.sample(0)), 96 + i % 2) << i;
    EXPECT_TRUE(split_.has_said("4 samples, 3 reused")) << split_.said;
  }
}

TEST_F(SampleCache, NoticesAnotherMask) {
  write_png(split_.masks() / "p1.png", cv::Mat(8, 8, CV_8UC3, cv::Scalar(128, 40, 40)));
  EXPECT_EQ(load().sample(1).class_mask.at<std::uint8_t>(7, 7), 1);
  EXPECT_TRUE(split_.has_said("4 samples, 3 reused")) << split_.said;
}

TEST_F(SampleCache, FollowsPairsThatComeAndGo) {
  split_.add_pair(4);
  fs::remove(split_.image(1));
  fs::remove(split_.masks() / "p1.png");
  const Dataset dataset = load();
  ASSERT_EQ(dataset.size(), 4U);
  EXPECT_EQ(gray_of(dataset.sample(1)), 30);
  EXPECT_EQ(gray_of(dataset.sample(3)), 50);
  EXPECT_TRUE(split_.has_said("4 samples, 3 reused")) << split_.said;
}

TEST_F(SampleCache, IsMadeAnewForOtherOptions) {
  split_.data.rgb_map[1].color = {200, 200, 200};
  EXPECT_EQ(load().report().class_pixels.at(1), 0);
  EXPECT_TRUE(split_.has_said("of other options: made anew")) << split_.said;
  EXPECT_TRUE(split_.has_said("4 samples, 0 reused")) << split_.said;
  split_.network.image_width = 4;
  EXPECT_EQ(load().sample(0).image.size(), cv::Size(4, 8));
  EXPECT_TRUE(split_.has_said("4 samples, 0 reused")) << split_.said;
}

TEST(CacheLayout, TellsWhatDecodingDependsOn) {
  SplitFolder split(0);
  DatasetRequest request{"train", {}, &split.network, &split.data};
  std::vector<std::string> seen{cache_layout(request).options};
  const auto expect_new = [&](const char* what) {
    const std::string options = cache_layout(request).options;
    EXPECT_EQ(std::count(seen.begin(), seen.end(), options), 0) << what;
    seen.push_back(options);
  };
  request.lenient = true;
  expect_new("lenient");
  split.data.intensity_range = IntensityRange{0, 4095};
  expect_new("intensity_range");
  split.data.mask_file_format = ".npz";
  expect_new("mask_file_format");
  split.data.image_format = ImageFileFormat::kNpy;
  expect_new("image_format");
  split.network.image_channels = 4;
  expect_new("image_channels");
  split.network.image_height = 16;
  expect_new("image_height");
  split.data.rgb_map.push_back({{1, 2, 3}, 2});
  expect_new("rgb_map");
}

TEST_F(SampleCache, IsMadeAnewWhereItWasCutShort) {
  const auto size = static_cast<std::size_t>(fs::file_size(split_.cache()));
  for (const std::size_t left : {std::size_t{0}, std::size_t{8}, kHeader, kHeader + kRecord,
                                 size / 2, size - 17, size - 1}) {
    fs::resize_file(split_.cache(), left);
    expect_all_right(load());
    EXPECT_TRUE(split_.has_said(": made anew")) << left << split_.said;
    EXPECT_TRUE(split_.has_said(split_.cache().string())) << split_.said;
    EXPECT_TRUE(split_.has_said("4 samples, 0 reused")) << left << split_.said;
  }
}

TEST_F(SampleCache, IsMadeAnewWhereItIsDamagedOutsideItsRecords) {
  const auto size = static_cast<std::size_t>(fs::file_size(split_.cache()));
  for (std::size_t byte = 0; byte < size; ++byte) {
    if (byte == kHeader) byte += 4 * kRecord;
    if (byte > kHeader + 4 * kRecord + 64 && byte + 64 < size) byte += 7;
    flip_bit(split_.cache(), byte);
    expect_all_right(load());
    ASSERT_TRUE(split_.has_said("4 samples, 0 reused")) << byte << split_.said;
  }
}

TEST_F(SampleCache, RefusesADamagedRecordWhenItIsRead) {
  for (const std::size_t byte : {std::size_t{0}, kRecord - 1}) {
    flip_bit(split_.cache(), kHeader + 2 * kRecord + byte);
    const Dataset dataset = load();
    const std::string problem = sample_problem(dataset, 2);
    for (const std::string& part :
         {split_.cache().string(), split_.image(2).string(), std::string("delete this file")}) {
      EXPECT_TRUE(contains(problem, part)) << problem;
    }
    EXPECT_EQ(gray_of(dataset.sample(1)), 20);
    // When the file is written anew, the sample comes from its own files.
    split_.write_image(0, 10);
    expect_all_right(load());
    EXPECT_TRUE(split_.has_said("4 samples, 2 reused")) << split_.said;
  }
}

TEST_F(SampleCache, ThatIsCutShortDuringTheRunIsAnErrorAndNoCrash) {
  const Dataset dataset = load();
  fs::resize_file(split_.cache(), kHeader + 3 * kRecord + 5);
  EXPECT_EQ(gray_of(dataset.sample(2)), 30);
  EXPECT_TRUE(contains(sample_problem(dataset, 3), "delete this file"))
      << sample_problem(dataset, 3);
}

TEST_F(SampleCache, StaysInUseWhenAnotherRunReplacesIt) {
  const Dataset before = load();
  split_.write_image(0, 99);
  EXPECT_EQ(gray_of(load().sample(0)), 99);
  expect_all_right(before);
}

TEST_F(SampleCache, IsWrittenByOneRunAtATime) {
  split_.write_image(0, 99);
  const int other_run = ::open(split_.cache_folder().c_str(), O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(::flock(other_run, LOCK_EX), 0);
  int messages = 0;
  split_.on_message = [&](const std::string& text) {
    if (messages++ > 0) return;
    EXPECT_TRUE(contains(text, "another run writes")) << text;
    ::close(other_run);
  };
  EXPECT_EQ(gray_of(load().sample(0)), 99);
  EXPECT_EQ(messages, 2);
}

TEST_F(SampleCache, OfAForeignFileIsMadeAnew) {
  for (const std::string& content : {std::string(5000, 'x'), read_file(split_.image(0)),
                                     "FlexUNet" + std::string(5000, '\xff')}) {
    write_file(split_.cache(), content);
    expect_all_right(load());
    EXPECT_TRUE(split_.has_said("made anew")) << split_.said;
  }
}

TEST_F(SampleCache, PassesOverWhatAKilledRunLeft) {
  fs::remove(split_.cache());
  write_file(split_.cache_folder() / ".train.samples.tmp", "half of a file");
  expect_all_right(load());
  EXPECT_FALSE(fs::exists(split_.cache_folder() / ".train.samples.tmp"));
}

TEST_F(SampleCache, StaysAsItWasWhenAFileIsWrong) {
  const std::string before = read_file(split_.cache());
  write_file(split_.image(3), "text");
  EXPECT_TRUE(contains(split_.problem(DatasetCache::kDisk), split_.image(3).string()));
  EXPECT_TRUE(read_file(split_.cache()) == before);
}

TEST(CacheIndex, ComesBackWithNamesOfAnyBytes) {
  SplitFolder split(0);
  const CacheLayout layout = cache_layout({"train", {}, &split.network, &split.data});
  CachedSample sample{{"\xfc\"\n\xe4", "/a/\xff.png", "/b/\xc3\xa4.png"},
                      FileStamp{1, -2, 3, UINT64_MAX},
                      std::nullopt,
                      {0xFFFFFFFF, 100, 5, 2, {true, false, true}, true, {60, 4}}};
  const std::string index = cache_index(layout, {sample});
  const std::vector<CachedSample> read = parse_cache_index(index, layout, 1);
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].pair.stem, sample.pair.stem);
  EXPECT_EQ(read[0].pair.image, sample.pair.image);
  EXPECT_EQ(read[0].pair.mask, sample.pair.mask);
  EXPECT_TRUE(read[0].image_stamp == sample.image_stamp);
  EXPECT_FALSE(read[0].mask_stamp);
  EXPECT_EQ(read[0].facts.checksum, sample.facts.checksum);
  EXPECT_EQ(read[0].facts.mask_pixels, 100);
  EXPECT_EQ(read[0].facts.off_palette_pixels, 5);
  EXPECT_EQ(read[0].facts.stray_pixels, 2);
  EXPECT_TRUE(read[0].facts.remarks.shape_in_alpha);
  EXPECT_FALSE(read[0].facts.remarks.has_other_channels);
  EXPECT_TRUE(read[0].facts.remarks.is_damaged);
  EXPECT_TRUE(read[0].facts.mask_resized);
  EXPECT_EQ(read[0].facts.class_pixels, sample.facts.class_pixels);
  EXPECT_FALSE(read[0].has_files_of(read[0])) << "without a stamp nothing is known";
}

TEST(CacheIndex, RefusesWhatDoesNotFitTheRecords) {
  SplitFolder split(0);
  const CacheLayout layout = cache_layout({"train", {}, &split.network, &split.data});
  const auto index = [&](const std::vector<std::int64_t>& pixels, std::int64_t off_palette = 0) {
    return cache_index(layout, {{{"a", "/a", "/b"},
                                 FileStamp{},
                                 FileStamp{},
                                 {1, 64, off_palette, 0, {}, false, pixels}}});
  };
  EXPECT_EQ(parse_cache_index(index({60, 4}), layout, 1).size(), 1U);
  EXPECT_THROW(parse_cache_index(index({60, 4}), layout, 2), std::exception);
  EXPECT_THROW(parse_cache_index(index({60, 4}), layout, 0), std::exception);
  for (const std::vector<std::int64_t>& pixels : std::vector<std::vector<std::int64_t>>{
           {64}, {60, 4, 0}, {60, 5}, {-1, 65}, {INT64_MAX, INT64_MAX}}) {
    EXPECT_THROW(parse_cache_index(index(pixels), layout, 1), std::exception);
  }
  for (const std::int64_t off_palette : {-1, 65}) {
    EXPECT_THROW(parse_cache_index(index({60, 4}, off_palette), layout, 1), std::exception);
  }
  const std::string good = index({60, 4});
  for (const char* bad : {"", "[]", "{}", "null", "{\"options\":1,\"samples\":[]}"}) {
    EXPECT_THROW(parse_cache_index(bad, layout, 0), std::exception) << bad;
  }
  for (const char* key : {"stem", "image", "path", "checksum", "class_pixels", "mask_resized"}) {
    std::string without = good;
    without.replace(without.find(fmt::format("\"{}\"", key)), 2, "\"x");
    EXPECT_THROW(parse_cache_index(without, layout, 1), std::exception) << key;
  }
}

TEST(SettledStamp, ChangesWithEveryLaterChange) {
  const TemporaryFolder folder;
  const fs::path file = folder.write("a", "0");
  for (int i = 1; i < 50; ++i) {
    const auto before = settled_stamp(file);
    ASSERT_TRUE(before);
    EXPECT_TRUE(before == settled_stamp(file));
    rewrite_in_secret(file, std::to_string(i % 10));
    const auto after = settled_stamp(file);
    ASSERT_TRUE(after);
    EXPECT_EQ(after->size, before->size);
    EXPECT_EQ(after->mtime, before->mtime);
    EXPECT_EQ(after->inode, before->inode);
    ASSERT_FALSE(before == after) << i;
  }
}

// Where later changes may get the same time, the stamp is worth nothing yet.
TEST(SettledStamp, IsOlderThanTheClockOfFileTimes) {
  const TemporaryFolder folder;
  for (int i = 0; i < 50; ++i) {
    const auto stamp = settled_stamp(folder.write("a", std::to_string(i)));
    ASSERT_TRUE(stamp);
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
    ASSERT_LT(stamp->ctime, now.tv_sec * std::int64_t{1'000'000'000} + now.tv_nsec) << i;
  }
}

TEST(SettledStamp, OfNoFileIsNone) { EXPECT_FALSE(settled_stamp("/nowhere/at/all")); }

}  // namespace
}  // namespace flexunet
