#include "generator/generate/generate.h"

#include <gtest/gtest.h>

#include <map>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <set>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/imaging/augmentation.h"
#include "flexunet/imaging/image_io.h"
#include "generator/common/manifest.h"
#include "generator/common/variant_names.h"
#include "generator/generate/contact_sheet.h"
#include "generator/phantom/phantom.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// A folder of pictures and masks (bone is white) that stand for scans.
class Scans {
 public:
  explicit Scans(int count, int size = 48) {
    for (int i = 0; i < count; ++i) {
      const Phantom phantom = make_phantom(size, 1, static_cast<std::uint64_t>(i));
      cv::Mat mask;
      cv::cvtColor(phantom.class_mask * 255, mask, cv::COLOR_GRAY2RGB);
      const std::string name = "scan" + std::to_string(i) + ".png";
      write_png(images() / name, phantom.image);
      write_png(masks() / name, mask);
    }
  }
  fs::path images() const { return folder_.path() / "images"; }
  fs::path masks() const { return folder_.path() / "masks"; }
  fs::path root() const { return folder_.path(); }

  std::vector<SlicePair> pairs() const { return pair_slices({images(), masks()}).pairs; }
  GenerateRequest request(const char* out) const {
    GenerateRequest request;
    request.images = images();
    request.out = root() / out;
    request.reading.recolor_rules = {parse_recolor_rule("255=(128,40,40)")};
    request.augmentation.variants = {Flip{},           Deformation{}, Distortion{0.05, 10, 0.5},
                                     LensDistortion{}, Noise{},       Elastic{}};
    return request;
  }

 private:
  TemporaryFolder folder_;
};

// Every file below a folder by its name.
std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    files[fs::relative(entry.path(), folder).string()] = read_file(entry.path());
  }
  return files;
}

std::set<std::uint32_t> colors_of(const cv::Mat& mask) {
  std::set<std::uint32_t> colors;
  for (int y = 0; y < mask.rows; ++y) {
    for (int x = 0; x < mask.cols; ++x) {
      const auto& pixel = mask.at<cv::Vec3b>(y, x);
      colors.insert(std::uint32_t{pixel[0]} << 16U | std::uint32_t{pixel[1]} << 8U | pixel[2]);
    }
  }
  return colors;
}

TEST(Generate, WritesTheSameFilesWithAnyNumberOfThreads) {
  const Scans scans(5);
  GenerateRequest request = scans.request("one");
  generate(scans.pairs(), request);
  const auto expected = contents(request.out);
  EXPECT_EQ(expected.size(), 2U * 5 * 7 + 1);
  request.out = scans.root() / "eight";
  request.threads = 8;
  generate(scans.pairs(), request);
  EXPECT_TRUE(contents(request.out) == expected);
  request.out = scans.root() / "seed";
  request.seed = 138;
  generate(scans.pairs(), request);
  const auto other = contents(request.out);
  EXPECT_EQ(other.at("images/10003.png"), expected.at("images/10003.png"));
  const std::string deformed = "images/deformed_alpha_1300_sigmoid_8_10003.png";
  EXPECT_NE(other.at(deformed), expected.at(deformed));
}

TEST(Generate, DrawsAFieldOfItsOwnForEachPicture) {
  const Scans scans(1);
  const SlicePair pair = scans.pairs().front();
  GenerateRequest request = scans.request("out");
  request.augmentation.variants = {Deformation{}};
  generate({pair, pair}, request);
  const auto files = contents(request.out);
  std::set<std::string> pictures;
  for (const auto& entry : read_manifest(request.out / kManifestFile)) {
    pictures.insert(files.at(entry.image));
  }
  EXPECT_EQ(pictures.size(), 3U);  // the two sources are the same
}

TEST(Generate, RefusesVariantsOfOneName) {
  const Scans scans(1);
  GenerateRequest request = scans.request("out");
  request.augmentation.variants = {Rotation{90}, Flip{}, Rotation{90}};
  EXPECT_THROW(generate(scans.pairs(), request), ConfigError);
  EXPECT_FALSE(fs::exists(request.out));
}

TEST(Generate, NumbersAndListsEveryFile) {
  const Scans scans(3);
  GenerateRequest request = scans.request("out");
  request.first_number = 201;
  const GenerateSummary summary = generate(scans.pairs(), request);
  EXPECT_EQ(summary.sources, 3U);
  EXPECT_EQ(summary.variants, 18U);
  const std::vector<ManifestEntry> manifest = read_manifest(request.out / kManifestFile);
  ASSERT_EQ(manifest.size(), 21U);
  EXPECT_EQ(manifest[0].image, "images/201.png");
  EXPECT_EQ(manifest[0].mask, "masks/201.png");
  EXPECT_EQ(manifest[0].source, "scan0.png");
  EXPECT_EQ(manifest[0].method, kSourceMethod);
  EXPECT_EQ(manifest[1].image, "images/hflipped_201.png");
  EXPECT_EQ(manifest[8].method, "hflip");
  EXPECT_EQ(manifest[9].method, "deformation");
  EXPECT_EQ(manifest[9].parameters, "alpha=1300 sigmoid=8");
  EXPECT_EQ(manifest[9].source, "scan1.png");
  for (const ManifestEntry& entry : manifest) {
    EXPECT_TRUE(fs::exists(request.out / entry.image)) << entry.image;
    EXPECT_TRUE(fs::exists(request.out / entry.mask)) << entry.mask;
  }
}

TEST(Generate, KeepsTheColoursOfMasksAndWarpsThemAlong) {
  const Scans scans(2);
  const GenerateRequest request = scans.request("out");
  generate(scans.pairs(), request);
  const std::set<std::uint32_t> expected{0, 128U << 16U | 40U << 8U | 40U};
  for (const ManifestEntry& entry : read_manifest(request.out / kManifestFile)) {
    EXPECT_EQ(colors_of(read_picture(request.out / entry.mask)), expected) << entry.mask;
  }
  const ImageAndMask source = read_pair(scans.pairs()[0], request.reading);
  CounterRandom unused(1, 1);
  const ImageAndMask flipped = make_variant(source, Flip{}, unused);
  EXPECT_EQ(cv::norm(read_picture(request.out / "images/hflipped_10001.png"), flipped.image), 0);
  EXPECT_EQ(cv::norm(read_picture(request.out / "masks/hflipped_10001.png"), flipped.mask), 0);
}

TEST(Generate, ResizesBothBeforeAnythingElse) {
  const Scans scans(1);
  GenerateRequest request = scans.request("out");
  request.reading.size = cv::Size(40, 24);
  generate(scans.pairs(), request);
  for (const ManifestEntry& entry : read_manifest(request.out / kManifestFile)) {
    EXPECT_EQ(read_picture(request.out / entry.image).size(), cv::Size(40, 24));
    EXPECT_EQ(read_picture(request.out / entry.mask).size(), cv::Size(40, 24));
  }
}

TEST(Generate, LeavesNothingBehindWhereAPairIsWrong) {
  const Scans scans(4);
  const std::vector<SlicePair> pairs = scans.pairs();
  const std::string whole = read_file(pairs[1].image.file);
  write_file(pairs[1].image.file, whole.substr(0, whole.size() / 2));
  fs::remove(pairs[3].mask.file);
  const GenerateRequest request = scans.request("out");
  try {
    generate(pairs, request);
    ADD_FAILURE() << "no error";
  } catch (const DataError& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("scan1.png"), std::string::npos) << message;
    EXPECT_NE(message.find("scan3.png"), std::string::npos) << message;
  }
  EXPECT_FALSE(fs::exists(request.out));
  EXPECT_FALSE(fs::exists(request.out.string() + ".partial"));
}

TEST(Generate, RefusesAFolderThatHoldsSomething) {
  const Scans scans(1);
  const GenerateRequest request = scans.request("out");
  write_file(request.out / "mine.txt", "");
  EXPECT_THROW(generate(scans.pairs(), request), OutputError);
  EXPECT_EQ(contents(request.out).size(), 1U);
}

TEST(Generate, TakesTheKneesOfTheSharedData) {
  const fs::path knees = fs::path(FLEXUNET_SOURCE_DIR) / "../shared/data/KneeBones3Dify/test";
  if (!fs::exists(knees)) GTEST_SKIP() << knees << " is not there";
  const TemporaryFolder folder;
  GenerateRequest request;
  request.images = knees / "images";
  request.out = folder.path() / "out";
  request.augmentation.variants = {Deformation{}, Distortion{}, Elastic{}};
  const auto pairs = pair_slices({knees / "images", knees / "masks"}).pairs;
  EXPECT_EQ(generate(pairs, request).variants, 15U);
  std::set<std::uint32_t> before;
  for (const ManifestEntry& entry : read_manifest(request.out / kManifestFile)) {
    const std::set<std::uint32_t> colors = colors_of(read_picture(request.out / entry.mask));
    if (entry.method == kSourceMethod) before = colors;
    for (const std::uint32_t color : colors) EXPECT_EQ(before.count(color), 1U) << entry.mask;
  }
}

// The prefixes are listed once more where names are read; a new method must not be forgotten there.
TEST(EveryMethod, HasAFileNameThatLeadsToItsSource) {
  const std::vector<Augmentation> methods = every_method(offline_augmentor());
  EXPECT_EQ(methods.size(), 16U);
  for (const Augmentation& method : methods) {
    const std::string stem = name_of(method).file_prefix + "10001";
    EXPECT_EQ(source_stem(stem), "10001") << stem;
  }
}

TEST(ContactSheet, ShowsTheSourceAndEveryVariant) {
  const Scans scans(1);
  const ImageAndMask source = read_pair(scans.pairs()[0], {});
  write_contact_sheet(scans.root() / "two.png", source, {Flip{}, Rotation{}}, 1);
  write_contact_sheet(scans.root() / "three.png", source, {Flip{}, Rotation{}, Noise{}}, 1);
  const cv::Mat one_row = read_picture(scans.root() / "two.png");
  const cv::Mat two_rows = read_picture(scans.root() / "three.png");
  EXPECT_EQ(one_row.cols, two_rows.cols);
  EXPECT_GT(two_rows.rows, 1.8 * one_row.rows);
}

}  // namespace
}  // namespace flexunet
