// Where samples are between their files and a batch: in memory, on disk, nowhere.
#include <gtest/gtest.h>

#include "unit/dataset/split_folder.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

constexpr DatasetCache kKinds[] = {DatasetCache::kMemory, DatasetCache::kDisk, DatasetCache::kNone};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void expect_equal(const Dataset& actual, const Dataset& expected) {
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(actual.info(i).stem, expected.info(i).stem);
    EXPECT_EQ(actual.info(i).image_file, expected.info(i).image_file);
    EXPECT_EQ(actual.info(i).checksum, expected.info(i).checksum);
    const Sample one = actual.sample(i);
    const Sample other = expected.sample(i);
    EXPECT_EQ(one.image_file, other.image_file);
    EXPECT_EQ(one.image.type(), other.image.type());
    EXPECT_EQ(cv::norm(one.image, other.image, cv::NORM_INF), 0.0);
    EXPECT_EQ(cv::norm(one.class_mask, other.class_mask, cv::NORM_INF), 0.0);
  }
  EXPECT_EQ(actual.report().class_pixels, expected.report().class_pixels);
  EXPECT_EQ(actual.report().warnings("x"), expected.report().warnings("x"));
}

TEST(DatasetStorage, GivesTheSameSamplesAndReportFromEverywhere) {
  SplitFolder split(12);
  write_png(split.masks() / "p3.png", cv::Mat(16, 16, CV_8UC3, cv::Scalar(127, 41, 40)));
  const Dataset expected = split.load(DatasetCache::kMemory, 1);
  ASSERT_EQ(expected.report().warnings("x").size(), 2U);
  for (const DatasetCache kind : kKinds) {
    for (const int threads : {1, 3}) {
      expect_equal(split.load(kind, threads), expected);  // of kDisk: written, then found
      fs::remove_all(split.cache_folder());
      expect_equal(split.load(kind, threads), expected);
    }
  }
}

TEST(DatasetStorage, TellsTheSameErrorsFromEverywhere) {
  SplitFolder split(9);
  write_file(split.image(2), "text");
  write_file(split.masks() / "p5.png", "");
  const std::string expected = split.problem(DatasetCache::kMemory, 1);
  ASSERT_TRUE(contains(expected, "train: " + split.image(2).string())) << expected;
  ASSERT_TRUE(contains(expected, "masks/p5.png")) << expected;
  for (const DatasetCache kind : kKinds) {
    EXPECT_EQ(split.problem(kind, 1), expected);
    EXPECT_EQ(split.problem(kind, 3), expected);
  }
  EXPECT_TRUE(!fs::exists(split.cache_folder()) || fs::is_empty(split.cache_folder()));
}

TEST(DatasetStorage, InMemorySaysHowMuch) {
  SplitFolder split(2);
  split.load(DatasetCache::kMemory);
  EXPECT_EQ(split.said, "samples: 0 MB in memory\n");
}

TEST(DatasetStorage, NowhereNoticesAFileThatChangesDuringTheRun) {
  SplitFolder split(3);
  const Dataset dataset = split.load(DatasetCache::kNone);
  EXPECT_EQ(split.said, "samples: decoded again whenever they are needed\n");
  EXPECT_EQ(gray_of(dataset.sample(1)), 20);
  split.write_image(1, 21);
  const std::string changed = sample_problem(dataset, 1);
  EXPECT_TRUE(contains(changed, split.image(1).string())) << changed;
  EXPECT_TRUE(contains(changed, "changed during the run")) << changed;
  fs::remove(split.image(2));
  const std::string gone = sample_problem(dataset, 2);
  EXPECT_TRUE(contains(gone, split.image(2).string() + ": no such file")) << gone;
  EXPECT_EQ(gray_of(dataset.sample(0)), 10);
}

TEST(DatasetStorage, ByItselfIsMemoryForUpToHalfOfWhatIsThere) {
  EXPECT_EQ(choose_cache(500, 1000), DatasetCache::kMemory);
  EXPECT_EQ(choose_cache(501, 1000), DatasetCache::kDisk);
  SplitFolder split(3);  // 768 bytes
  split.available_memory = 1536;
  split.load(DatasetCache::kAuto);
  EXPECT_TRUE(split.has_said("in memory")) << split.said;
  EXPECT_FALSE(fs::exists(split.cache()));
  split.available_memory = 1535;
  split.load(DatasetCache::kAuto);
  EXPECT_TRUE(split.has_said("3 samples, 0 reused")) << split.said;
  EXPECT_TRUE(fs::exists(split.cache()));
}

TEST(DatasetStorage, WithoutAPlaceForTheCacheIsAnErrorOrByItselfAWarning) {
  SplitFolder split(3);
  write_file(split.cache_folder(), "not a folder");
  const std::string error = split.problem<OutputError>(DatasetCache::kDisk);
  EXPECT_TRUE(contains(error, "dataset_cache")) << error;
  split.available_memory = 0;
  const Dataset dataset = split.load(DatasetCache::kAuto);
  EXPECT_TRUE(contains(split.warned, "no dataset cache")) << split.warned;
  EXPECT_TRUE(contains(split.warned, error)) << split.warned;
  EXPECT_TRUE(split.has_said("decoded again")) << split.said;
  EXPECT_EQ(gray_of(dataset.sample(2)), 30);
}

}  // namespace
}  // namespace flexunet
