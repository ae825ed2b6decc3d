#include "flexunet/dataset/dataset.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/imaging/image_io.h"
#include "support/load_dataset.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

const cv::Scalar kBlack(0, 0, 0);
const cv::Scalar kBone(128, 40, 40);

// A split on disk, 8x8 network, two classes.
class DatasetTest : public testing::Test {
 protected:
  DatasetTest() {
    network_.image_width = 8;
    network_.image_height = 8;
    network_.num_classes = 2;
    data_.mask_file_format = ".png";
    data_.rgb_map = {{{0, 0, 0}, 0}, {{128, 40, 40}, 1}};
  }

  fs::path images() const { return folder_.path() / "images"; }
  fs::path masks() const { return folder_.path() / "masks"; }

  // The left half of the mask is bone.
  void add_pair(const std::string& stem, cv::Size image_size, cv::Size mask_size) const {
    write_png(images() / (stem + ".png"), cv::Mat(image_size, CV_8UC3, cv::Scalar(10, 20, 30)));
    write_png(masks() / (stem + ".png"), half_bone(mask_size));
  }

  static cv::Mat half_bone(cv::Size size) {
    cv::Mat mask(size, CV_8UC3, kBlack);
    mask.colRange(0, size.width / 2).setTo(kBone);
    return mask;
  }

  Dataset load(int threads = 1, bool lenient = false) const {
    return load_dataset({"train", {images(), masks()}, &network_, &data_, threads, lenient});
  }

  std::string problem(int threads = 1) const {
    try {
      load(threads);
    } catch (const DataError& error) {
      return error.what();
    }
    return "";
  }

  TemporaryFolder folder_;
  NetworkOptions network_;
  DataOptions data_;
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(DatasetTest, BringsImagesAndMasksToModelSize) {
  add_pair("a", {16, 16}, {16, 16});
  add_pair("b", {8, 8}, {8, 8});
  const Dataset dataset = load();
  ASSERT_EQ(dataset.size(), 2U);
  for (std::size_t i = 0; i < dataset.size(); ++i) {
    const Sample sample = dataset.sample(i);
    EXPECT_EQ(sample.image.size(), cv::Size(8, 8));
    EXPECT_EQ(sample.image.at<cv::Vec3b>(7, 7), cv::Vec3b(10, 20, 30)) << "red first";
    EXPECT_EQ(sample.class_mask.type(), CV_8UC1);
    EXPECT_EQ(sample.class_mask.at<std::uint8_t>(7, 3), 1);
    EXPECT_EQ(sample.class_mask.at<std::uint8_t>(7, 4), 0);
  }
  EXPECT_EQ(dataset.info(1).stem, "b");
  EXPECT_EQ(dataset.report().class_pixels, (std::vector<std::int64_t>{64, 64}));
  EXPECT_TRUE(dataset.report().warnings("train").empty());
}

TEST_F(DatasetTest, CountsColoursOutsideTheMap) {
  add_pair("a", {8, 8}, {8, 8});
  cv::Mat mask = half_bone({40, 40});
  mask.rowRange(0, 30).setTo(cv::Scalar(120, 41, 39));
  add_pair("b", {40, 40}, {40, 40});
  write_png(masks() / "b.png", mask);
  const DatasetReport report = load().report();
  EXPECT_EQ(report.off_palette_pixels, 1200);
  EXPECT_EQ(report.off_palette_masks.count, 1U);
  EXPECT_EQ(report.warnings("train"),
            std::vector<std::string>{"train: 1,200 pixels in 1 mask had colours outside rgb_map; "
                                     "each got its nearest class"});
}

TEST_F(DatasetTest, ResizesAMaskOfTheSameShapeAndCountsIt) {
  add_pair("a", {100, 100}, {50, 50});
  add_pair("b", {100, 100}, {99, 100});  // 1 %: the limit
  add_pair("c", {100, 100}, {100, 100});
  const DatasetReport report = load().report();
  EXPECT_EQ(report.resized_masks.count, 2U);
  EXPECT_EQ(report.resized_masks.first, (masks() / "a.png").string());
  const std::vector<std::string> warnings = report.warnings("train");
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_TRUE(contains(warnings[0], "train: 2 masks")) << warnings[0];
  EXPECT_TRUE(contains(warnings[0], "a.png")) << warnings[0];
}

TEST_F(DatasetTest, RefusesAMaskOfAnotherShapeUnlessLenient) {
  add_pair("a", {100, 100}, {100, 102});
  const std::string text = problem();
  for (const char* part : {"100x102", "100x100", "within 1 %", "masks/a.png"}) {
    EXPECT_TRUE(contains(text, part)) << text;
  }
  const Dataset dataset = load(1, true);
  EXPECT_EQ(dataset.report().resized_masks.count, 1U);
  EXPECT_EQ(dataset.sample(0).class_mask.size(), cv::Size(8, 8));
}

TEST_F(DatasetTest, NamesEveryBadFileInOrderWhateverTheThreads) {
  for (int i = 0; i < 9; ++i) add_pair("p" + std::to_string(i), {16, 16}, {16, 16});
  folder_.write("images/p2.png", "text");
  folder_.write("masks/p5.png", "");
  folder_.write("images/p7.png", "\x89PNG\r\n\x1a\n");
  const std::string text = problem(1);
  const std::size_t first = text.find("images/p2.png"), second = text.find("masks/p5.png"),
                    third = text.find("images/p7.png");
  ASSERT_NE(third, std::string::npos) << text;
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
  for (const int threads : {2, 4, 64}) EXPECT_EQ(problem(threads), text) << threads;
}

TEST_F(DatasetTest, GivesTheSameSamplesWithAnyNumberOfThreads) {
  for (int i = 0; i < 20; ++i) add_pair("p" + std::to_string(i), {16 + i, 16 + i}, {16, 16});
  const Dataset one = load(1);
  for (const int threads : {0, 3, 64}) {
    const Dataset many = load(threads);
    ASSERT_EQ(many.size(), one.size());
    for (std::size_t i = 0; i < one.size(); ++i) {
      EXPECT_EQ(many.info(i).stem, one.info(i).stem);
      EXPECT_EQ(cv::norm(many.sample(i).image, one.sample(i).image, cv::NORM_INF), 0.0);
      EXPECT_EQ(cv::norm(many.sample(i).class_mask, one.sample(i).class_mask, cv::NORM_INF), 0.0);
    }
    EXPECT_EQ(many.report().class_pixels, one.report().class_pixels);
    EXPECT_EQ(many.report().resized_masks.first, one.report().resized_masks.first);
  }
}

TEST_F(DatasetTest, SaysWhichClassesNeverOccur) {
  network_.num_classes = 4;
  data_.rgb_map.push_back({{0, 255, 0}, 2});
  data_.rgb_map.push_back({{0, 0, 255}, 3});
  add_pair("a", {8, 8}, {8, 8});
  EXPECT_EQ(load().report().warnings("train"),
            std::vector<std::string>{"train: no mask holds a pixel of the classes 2, 3"});
}

TEST_F(DatasetTest, RefusesAMapThatDoesNotFitTheNetwork) {
  network_.num_classes = 3;
  add_pair("a", {8, 8}, {8, 8});
  EXPECT_THROW(load(), ConfigError);
}

// The header that NumPy writes, padded to 128 bytes.
std::string npy_of(const std::string& shape, std::size_t size) {
  std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }";
  header.resize(117, ' ');
  return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + "\n" + std::string(size, '\x07');
}

TEST_F(DatasetTest, ReadsNpyImagesWithTheirChannels) {
  data_.image_format = ImageFileFormat::kNpy;
  network_.image_channels = 4;
  folder_.write("images/a.npy", npy_of("(8, 8, 4)", 256));
  write_png(masks() / "a.png", half_bone({8, 8}));
  const Dataset dataset = load();
  EXPECT_EQ(dataset.sample(0).image.type(), CV_8UC4);
  EXPECT_EQ(dataset.sample(0).image.at<cv::Vec4b>(0, 0), cv::Vec4b(7, 7, 7, 7));
  network_.image_channels = 3;
  EXPECT_TRUE(contains(problem(), "a.npy: 4 channels, but image_channels = 3")) << problem();
}

TEST_F(DatasetTest, ReadsNpyImagesWithoutADimensionForChannelsAsOne) {
  data_.image_format = ImageFileFormat::kNpy;
  network_.image_channels = 1;
  folder_.write("images/a.npy", npy_of("(16, 16)", 256));
  write_png(masks() / "a.png", half_bone({16, 16}));
  const Dataset dataset = load();
  EXPECT_EQ(dataset.sample(0).image.type(), CV_8UC1);
  EXPECT_EQ(dataset.sample(0).image.size(), cv::Size(8, 8));
  network_.image_channels = 4;
  EXPECT_TRUE(contains(problem(), "a.npy: 1 channel, but image_channels = 4")) << problem();
}

TEST_F(DatasetTest, BringsImagesOf16BitsTo255ButNotMasks) {
  fs::create_directories(images());
  fs::create_directories(masks());
  cv::Mat image(8, 8, CV_16UC1, cv::Scalar(1000));
  image.colRange(4, 8).setTo(2000);
  ASSERT_TRUE(cv::imwrite((images() / "a.png").string(), image));
  const cv::Mat mask(8, 8, CV_16UC1, cv::Scalar(128 * 257));
  ASSERT_TRUE(cv::imwrite((masks() / "a.png").string(), mask));
  data_.rgb_map = {{{0, 0, 0}, 0}, {{128, 128, 128}, 1}};
  Dataset dataset = load();
  EXPECT_EQ(dataset.sample(0).image.at<cv::Vec3b>(7, 3), cv::Vec3b(0, 0, 0));
  EXPECT_EQ(dataset.sample(0).image.at<cv::Vec3b>(7, 4), cv::Vec3b(255, 255, 255));
  EXPECT_EQ(dataset.report().off_palette_pixels, 0);
  EXPECT_EQ(dataset.report().class_pixels, (std::vector<std::int64_t>{0, 64}));
  data_.intensity_range = IntensityRange{0, 2000};
  dataset = load();
  EXPECT_EQ(dataset.sample(0).image.at<cv::Vec3b>(7, 3), cv::Vec3b(128, 128, 128));
}

TEST_F(DatasetTest, RefusesPicturesForAFourChannelNetwork) {
  network_.image_channels = 4;
  add_pair("a", {8, 8}, {8, 8});
  EXPECT_TRUE(contains(problem(), "file_format")) << problem();
}

TEST_F(DatasetTest, TellsWhatIsWrongWithPairsAndFilesOfAllSplitsAtOnce) {
  add_pair("good", {8, 8}, {8, 8});
  folder_.write("images/broken.png", "not a picture");
  folder_.write("masks/broken.png", "not a picture");
  const DatasetRequest train{"train", {images(), masks()}, &network_, &data_, 1, false};
  const DatasetRequest valid{"valid", {images(), folder_.path() / "none"}, &network_, &data_};
  const DatasetRequest test{"test", {folder_.path() / "none", masks()}, &network_, &data_};
  try {
    load_datasets({train, valid, test});
    FAIL() << "no error";
  } catch (const DataError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("valid: masks_dir"), std::string::npos) << text;
    EXPECT_NE(text.find("test: images_dir"), std::string::npos) << text;
    EXPECT_NE(text.find("train: " + (images() / "broken.png").string()), std::string::npos) << text;
    EXPECT_NE(text.find("train: " + (masks() / "broken.png").string()), std::string::npos) << text;
  }
}

TEST_F(DatasetTest, TellsTheUnreadableFilesOfAllSplits) {
  add_pair("good", {8, 8}, {8, 8});
  folder_.write("images/broken.png", "not a picture");
  folder_.write("masks/broken.png", "not a picture");
  const DatasetRequest train{"train", {images(), masks()}, &network_, &data_, 1, false};
  DatasetRequest valid = train;
  valid.split_name = "valid";
  try {
    load_datasets({train, valid});
    FAIL() << "no error";
  } catch (const DataError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("train: "), std::string::npos) << text;
    EXPECT_NE(text.find("valid: "), std::string::npos) << text;
  }
}

TEST_F(DatasetTest, TellsWhereEachImageCameFrom) {
  add_pair("a", {16, 16}, {16, 16});
  EXPECT_EQ(load().info(0).image_file, images() / "a.png");
}

// The fingerprint is of what the network sees: class masks, not colours, at its own size.
TEST_F(DatasetTest, ChecksumsFollowImageAndMask) {
  for (const char* stem : {"a", "b", "c", "d"}) add_pair(stem, {16, 16}, {16, 16});
  write_png(images() / "c.png", cv::Mat(16, 16, CV_8UC3, cv::Scalar(10, 20, 31)));
  write_png(masks() / "d.png", cv::Mat(16, 16, CV_8UC3, kBone));
  cv::Mat off_palette = half_bone({16, 16});
  off_palette.colRange(0, 8).setTo(cv::Scalar(127, 41, 40));
  write_png(masks() / "b.png", off_palette);
  std::vector<std::uint32_t> checksums;
  const Dataset dataset = load();
  for (std::size_t i = 0; i < dataset.size(); ++i) checksums.push_back(dataset.info(i).checksum);
  ASSERT_EQ(checksums.size(), 4U);
  EXPECT_EQ(checksums[0], checksums[1]) << "the same classes";
  EXPECT_NE(checksums[0], checksums[2]) << "another image";
  EXPECT_NE(checksums[0], checksums[3]) << "another mask";
}

}  // namespace
}  // namespace flexunet
