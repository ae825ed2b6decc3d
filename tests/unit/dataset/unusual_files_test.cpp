#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>

#include "flexunet/base/files.h"
#include "flexunet/dataset/decoder.h"
#include "unit/dataset/split_folder.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::string warnings_of(const Dataset& dataset) {
  std::string text;
  for (const std::string& line : dataset.report().warnings("train")) text += line + "\n";
  return text;
}

constexpr DatasetCache kEveryCache[] = {DatasetCache::kMemory, DatasetCache::kDisk,
                                        DatasetCache::kNone};

TEST(UnusualFiles, AllThatIsWrongIsToldAtOnce) {
  for (const DatasetCache cache : kEveryCache) {
    SplitFolder split(4);
    write_file(split.image(0), "text");
    write_file(split.masks() / "p0.png", "text");
    write_file(split.image(2), "text");
    fs::remove(split.masks() / "p3.png");
    const std::string problem = split.problem(cache);
    for (const char* part : {"images/p0.png", "masks/p0.png", "images/p2.png", "'p3'"}) {
      EXPECT_TRUE(contains(problem, part)) << part << " in " << problem;
    }
    EXPECT_EQ(std::count(problem.begin(), problem.end(), '\n'), 3) << problem;
  }
}

TEST(UnusualFiles, SideFilesArePassedOverWithOneWarning) {
  SplitFolder split(2);
  EXPECT_EQ(split.load(DatasetCache::kMemory).report().passed_over, "");
  write_file(split.images() / "Thumbs.db", "x");
  write_file(split.images() / "._p0.png", "x");
  write_file(split.masks() / ".DS_Store", "x");
  write_file(split.masks() / "p0.json", "{}");
  for (const DatasetCache cache : kEveryCache) {
    const Dataset dataset = split.load(cache);
    EXPECT_EQ(dataset.size(), 2U);
    EXPECT_TRUE(contains(warnings_of(dataset), "train: 4 files are passed over"))
        << warnings_of(dataset);
  }
}

// macOS writes names in the decomposed form.
TEST(UnusualFiles, NamesPairInEitherUnicodeForm) {
  SplitFolder split(1);
  fs::rename(split.image(0), split.images() /
                                 "Scha\xCC\x88"
                                 "del.png");
  fs::rename(split.masks() / "p0.png", split.masks() /
                                           "Sch\xC3\xA4"
                                           "del.png");
  EXPECT_EQ(split.load(DatasetCache::kMemory).info(0).stem,
            "Sch\xC3\xA4"
            "del");
}

TEST(UnusualFiles, MasksOfStrangeColoursAreRefusedUnlessLenient) {
  for (const DatasetCache cache : kEveryCache) {
    SplitFolder split(3);
    for (int i = 0; i < 3; ++i) {
      fs::rename(split.image(i), split.images() / "kept.png");
      fs::rename(split.masks() / split.image(i).filename(), split.image(i));
      fs::rename(split.images() / "kept.png", split.masks() / split.image(i).filename());
      cv::Mat bright(8, 8, CV_8UC3, cv::Scalar(200, 190, 170));
      bright.rowRange(0, i).setTo(cv::Scalar(0, 0, 0));  // in all 21 of 24 rows are off the map
      write_png(split.masks() / split.image(i).filename(), bright);
    }
    const std::string problem = split.problem(cache);
    EXPECT_TRUE(contains(problem, "train: 88 % of the pixels of its masks are far from"))
        << problem;
    EXPECT_TRUE(contains(problem, "masks/p0.png")) << problem;
  }
  SplitFolder split(1);
  write_png(split.masks() / "p0.png", cv::Mat(8, 8, CV_8UC3, cv::Scalar(0, 255, 0)));
  const SplitFolders folders{split.images(), split.masks()};
  DatasetRequest request{"train", folders, &split.network, &split.data, 1, true};
  EXPECT_EQ(load_dataset(request).report().stray_pixels, 64);
  request.lenient = false;
  EXPECT_THROW(load_dataset(request), DataError);
}

// As JPEG moves the colours of a mask; and half is not more than half.
TEST(UnusualFiles, MasksOfNearlyTheRightColoursAreRead) {
  SplitFolder split(2);
  write_png(split.masks() / "p0.png", cv::Mat(8, 8, CV_8UC3, cv::Scalar(125, 45, 38)));
  write_png(split.masks() / "p1.png", cv::Mat(8, 8, CV_8UC3, cv::Scalar(0, 255, 0)));
  const Dataset dataset = split.load(DatasetCache::kMemory);
  EXPECT_EQ(dataset.report().off_palette_pixels, 128);
  EXPECT_EQ(dataset.report().stray_pixels, 64);
}

TEST(UnusualFiles, MasksOf16BitsAreLabels) {
  SplitFolder split(1);
  cv::Mat labels = cv::Mat::zeros(8, 8, CV_16UC1);
  labels.rowRange(0, 2).setTo(1);
  cv::imwrite((split.masks() / "p0.png").string(), labels);
  const Dataset dataset = split.load(DatasetCache::kMemory);
  EXPECT_EQ(dataset.report().class_pixels, (std::vector<std::int64_t>{48, 16}));
  EXPECT_EQ(warnings_of(dataset), "");
  labels.at<std::uint16_t>(7, 7) = 9;
  cv::imwrite((split.masks() / "p0.png").string(), labels);
  EXPECT_TRUE(contains(split.problem(DatasetCache::kMemory), "with the values 0, 1, 9: must be"));
}

TEST(UnusualFiles, RemarksOnPicturesBecomeWarningsFromTheCacheToo) {
  SplitFolder split(2);
  cv::Mat layer(8, 8, CV_8UC4, cv::Scalar(0, 0, 0, 0));
  layer.at<cv::Vec4b>(1, 1)[3] = 255;
  cv::imwrite((split.masks() / "p1.png").string(), layer);
  for (int i = 0; i < 2; ++i) {
    const std::string warnings = warnings_of(split.load(DatasetCache::kDisk));
    EXPECT_TRUE(contains(warnings,
                         "train: 1 mask of one colour all over: a shape stands in the "
                         "alpha channel"))
        << warnings;
    EXPECT_TRUE(contains(warnings, "masks/p1.png")) << warnings;
  }
}

fs::path write_stack(const fs::path& file) {
  cv::imwritemulti(file.string(), std::vector<cv::Mat>{cv::Mat(8, 8, CV_8UC1, cv::Scalar(10)),
                                                       cv::Mat(8, 8, CV_8UC1, cv::Scalar(20))});
  return file;
}

TEST(UnusualFiles, AStackIsRefusedForTrainingAndGivesItsPagesForInference) {
  SplitFolder split(1);
  fs::remove(split.image(0));
  const fs::path stack = write_stack(split.images() / "p0.tif");
  EXPECT_TRUE(contains(split.problem(DatasetCache::kMemory), "p0.tif: holds 2 pages"));
  const std::vector<ImageSource> images = find_images(split.images(), split.data).images;
  ASSERT_EQ(images.size(), 2U);
  EXPECT_EQ(images[1].stem(), "p0_2");
  EXPECT_EQ(images[1].file, stack);
  EXPECT_EQ(read_image(images[0], split.network, split.data).pixels.at<cv::Vec3b>(0)[0], 10);
  EXPECT_EQ(read_image(images[1], split.network, split.data).pixels.at<cv::Vec3b>(0)[0], 20);
}

TEST(UnusualFiles, PicturesAreGrayForANetworkOfOneChannel) {
  SplitFolder split(1);
  split.network.image_channels = 1;
  const Sample sample = split.load(DatasetCache::kMemory).sample(0);
  EXPECT_EQ(sample.image.type(), CV_8UC1);
  EXPECT_EQ(sample.image.at<std::uint8_t>(3, 3), 10);
  cv::Mat colored(8, 8, CV_8UC3, cv::Scalar(7, 7, 7));
  colored.at<cv::Vec3b>(5, 2) = cv::Vec3b(7, 8, 7);
  write_png(split.image(0), colored);
  EXPECT_TRUE(
      contains(split.problem(DatasetCache::kMemory), "p0.png: has colours, the first at x 2, y 5"));
}

TEST(UnusualFiles, TheSamePixelsAsImageAndMaskAreRefused) {
  SplitFolder split(2);
  fs::copy_file(split.masks() / "p1.png", split.image(1), fs::copy_options::overwrite_existing);
  EXPECT_TRUE(contains(split.problem(DatasetCache::kMemory), "p1.png hold the same pixels"));
  // Both of one colour are no proof.
  fs::copy_file(split.masks() / "p0.png", split.image(0), fs::copy_options::overwrite_existing);
  split.write_image(1, 9);
  EXPECT_EQ(split.load(DatasetCache::kMemory).size(), 2U);
}

TEST(UnusualFiles, ALinkThatLeadsNowhereIsNamed) {
  SplitFolder split(2);
  fs::remove(split.image(1));
  fs::create_symlink("gone/p1.png", split.image(1));
  EXPECT_TRUE(contains(split.problem(DatasetCache::kMemory),
                       "p1.png: a link to gone/p1.png, which is not there"));
  fs::remove(split.image(1));
  fs::create_symlink("p0.png", split.image(1));
  EXPECT_EQ(split.load(DatasetCache::kMemory).size(), 2U);
}

}  // namespace
}  // namespace flexunet
