#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <opencv2/core.hpp>

#include "flexunet/base/files.h"
#include "flexunet/imaging/image_io.h"
#include "integration/toy_project.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const fs::path& file : list_files(folder)) names.push_back(file.filename().string());
  return names;
}

using Names = std::vector<std::string>;

// What the header of a PNG file says.
struct PngHeader {
  explicit PngHeader(const std::string& bytes) {
    const auto number = [&](std::size_t offset) {
      int value = 0;
      for (std::size_t i = 0; i < 4; ++i) {
        value = value * 256 + static_cast<unsigned char>(bytes.at(offset + i));
      }
      return value;
    };
    constexpr std::size_t kWidth = 16, kHeight = 20, kDepth = 24, kColor = 25;
    size = {number(kWidth), number(kHeight)};
    bit_depth = bytes.at(kDepth);
    color_type = bytes.at(kColor);
    palette = bytes.substr(bytes.find("PLTE") + 4, 6);
  }
  cv::Size size;
  int bit_depth = 0;
  int color_type = 0;
  std::string palette;  // its first two colours
};

void expect_palette_png(const fs::path& path, cv::Size size) {
  constexpr int kPalette = 3;
  const PngHeader header(read_file(path));
  EXPECT_EQ(header.size, size) << path;
  EXPECT_EQ(header.color_type, kPalette) << path;
  EXPECT_EQ(header.bit_depth, 8) << path;
  EXPECT_EQ(header.palette, std::string("\0\0\0\x80\x28\x28", 6)) << path;
}

// One epoch: the masks need a model, not a good one.
class Inference : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    project_ = std::make_unique<ToyProject>(20, 1);
    trained_ = project_->run("train");
    const cv::Mat wide(90, 150, CV_8UC3, cv::Scalar(80, 80, 80));
    write_png(project_->root() / "scans/wide.png", wide);
    for (const char* name : {"10019.png", "10020.png"}) {
      fs::copy(project_->dataset() / "test/images" / name, project_->root() / "scans" / name);
    }
  }
  static void TearDownTestSuite() { project_.reset(); }
  void SetUp() override {
    ASSERT_EQ(trained_.exit_code, 0) << trained_.err;
    fs::remove_all(output());
  }

  static fs::path scans() { return project_->root() / "scans"; }
  static fs::path output() { return project_->root() / "masks"; }
  static ProcessResult infer(const fs::path& images, std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--images", images.string()});
    if (std::find(more.begin(), more.end(), "--output") == more.end()) {
      more.insert(more.end(), {"--output", output().string()});
    }
    return project_->run("infer", more);
  }

  static std::unique_ptr<ToyProject> project_;
  static ProcessResult trained_;
};

std::unique_ptr<ToyProject> Inference::project_;
ProcessResult Inference::trained_;

TEST_F(Inference, TakesAFolderAFileOrAWildcard) {
  const struct {
    const char* images;
    Names masks;
  } cases[] = {{"scans", {"10019.png", "10020.png", "wide.png"}},
               {"scans/wide.png", {"wide.png"}},
               {"scans/1*.png", {"10019.png", "10020.png"}}};
  for (const auto& each : cases) {
    fs::remove_all(output());
    const ProcessResult result = infer(project_->root() / each.images);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(names_in(output()), each.masks) << each.images;
  }
}

TEST_F(Inference, ResolvesPathsOfTheCommandLineInTheWorkingFolder) {
  const ProcessResult result = run_flexunet(
      "infer", {project_->config().string(), "--images", "scans/wide.png", "--output", "masks"},
      project_->root());
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(names_in(output()), Names{"wide.png"});
}

TEST_F(Inference, WritesPaletteMasksOfTheImagesSize) {
  ASSERT_EQ(infer(scans()).exit_code, 0);
  expect_palette_png(output() / "10019.png", {64, 64});
  expect_palette_png(output() / "wide.png", {150, 90});
}

TEST_F(Inference, PutsTheOverlayBesideTheMask) {
  ASSERT_EQ(infer(scans() / "wide.png", {"--overlay"}).exit_code, 0);
  EXPECT_EQ(names_in(output()), (Names{"wide.png", "wide_overlay.png"}));
  EXPECT_EQ(read_picture(output() / "wide_overlay.png").size(), cv::Size(150, 90));
}

TEST_F(Inference, TilesImagesThatAreLargerThanTheModel) {
  const std::vector<std::string> tiled{"--tiled", "--set", "tiledinfer.split_size=64", "--set",
                                       "tiledinfer.overlapping=16"};
  const ProcessResult result = infer(scans() / "wide.png", tiled);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  expect_palette_png(output() / "wide.png", {150, 90});
}

TEST_F(Inference, OneTileOfTheModelsSizeIsThePlainPrediction) {
  ASSERT_EQ(infer(scans() / "10019.png").exit_code, 0);
  const std::string plain = read_file(output() / "10019.png");
  const ProcessResult result =
      infer(scans() / "10019.png",
            {"--tiled", "--set", "tiledinfer.split_size=64", "--set", "tiledinfer.overlapping=0"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(read_file(output() / "10019.png"), plain);
}

TEST_F(Inference, TileBlendOverridesTheConfig) {
  const auto mask_with = [](const std::vector<std::string>& more) {
    std::vector<std::string> words{"--tiled", "--set", "tiledinfer.split_size=24", "--set",
                                   "tiledinfer.overlapping=4"};
    words.insert(words.end(), more.begin(), more.end());
    const ProcessResult result = infer(scans() / "10019.png", words);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return read_file(output() / "10019.png");
  };
  const std::string smooth = mask_with({});
  const std::string hard = mask_with({"--set", "tiledinfer.blending=False"});
  EXPECT_NE(smooth, hard);
  EXPECT_EQ(mask_with({"--tile-blend", "hard"}), hard);
  EXPECT_EQ(mask_with({"--tile-blend", "smooth", "--set", "tiledinfer.blending=False"}), smooth);
}

TEST_F(Inference, TileBlendIsSmoothOrHardAndNeedsTiles) {
  const ProcessResult plain = infer(scans(), {"--tile-blend", "hard"});
  EXPECT_EQ(plain.exit_code, 2);
  EXPECT_TRUE(contains(plain.err, "--tile-blend requires --tiled")) << plain.err;
  const ProcessResult other = infer(scans(), {"--tiled", "--tile-blend", "soft"});
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_TRUE(contains(other.err, "smooth") && contains(other.err, "hard")) << other.err;
  EXPECT_FALSE(fs::exists(output()));
}

// The network does not change between an epoch's previews and the last checkpoint.
TEST_F(Inference, PreviewsTilesAfterEveryEpochAsTiledInferenceWould) {
  const ToyProject project(20, 1);
  const std::vector<std::string> tiles{"--set", "tiledinfer.split_size=40", "--set",
                                       "tiledinfer.overlapping=8"};
  std::vector<std::string> words = tiles;
  words.insert(words.end(), {"--set", "train.epoch_change_tiled_infer=True"});
  const ProcessResult trained = project.run("train", words);
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const fs::path previews = project.folder() / "epoch_change_tiled_infer";
  EXPECT_EQ(names_in(previews), (Names{"Epoch_1_10019.png", "Epoch_1_10020.png"}));
  words = tiles;
  words.insert(words.end(),
               {"--tiled", "--images", (project.dataset() / "test/images/10019.png").string(),
                "--output", output().string()});
  ASSERT_EQ(project.run("infer", words).exit_code, 0);
  EXPECT_EQ(read_file(previews / "Epoch_1_10019.png"), read_file(output() / "10019.png"));
}

TEST_F(Inference, WritesTheGoodOnesAndNamesTheBadOne) {
  const fs::path mixed = project_->root() / "mixed";
  fs::create_directories(mixed);
  const std::string whole = read_file(scans() / "10019.png");
  write_file(mixed / "a.png", whole);
  write_file(mixed / "b.png", whole.substr(0, whole.size() / 2));
  write_file(mixed / "c.png", whole);
  const ProcessResult result = infer(mixed);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(names_in(output()), (Names{"a.png", "c.png"}));
  EXPECT_TRUE(contains(result.err, (mixed / "b.png").string())) << result.err;
  EXPECT_FALSE(contains(result.err, "a.png")) << result.err;
}

// Ten images under names in order, of two kinds by turns.
fs::path write_many(const fs::path& folder, const fs::path& even, const fs::path& odd) {
  fs::create_directories(folder);
  for (int i = 0; i < 10; ++i) {
    fs::copy_file(i % 2 == 0 ? even : odd, folder / fmt::format("{:02}.png", i),
                  fs::copy_options::overwrite_existing);
  }
  return folder;
}

// Batches are read ahead of the network and written behind it.
TEST_F(Inference, PredictsManyBatchesAsEachImageAlone) {
  const fs::path many =
      write_many(project_->root() / "many", scans() / "10019.png", scans() / "wide.png");
  ASSERT_EQ(infer(scans()).exit_code, 0);
  const std::string masks[] = {read_file(output() / "10019.png"), read_file(output() / "wide.png")};
  ASSERT_NE(masks[0], masks[1]);
  write_file(many / "05.png", "no picture");
  const ProcessResult result = infer(many, {"--set", "eval.batch_size=2", "--verbose"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_TRUE(contains(result.err, (many / "05.png").string())) << result.err;
  EXPECT_FALSE(fs::exists(output() / "05.png"));
  std::size_t said = 0;
  for (const int i : {0, 1, 2, 3, 4, 6, 7, 8, 9}) {
    const fs::path mask = output() / fmt::format("{:02}.png", i);
    EXPECT_EQ(read_file(mask), masks[i % 2]) << mask;
    const std::size_t place = result.out.find(mask.string());
    EXPECT_NE(place, std::string::npos) << mask;
    EXPECT_GT(place, said) << "not in order: " << mask;
    said = place;
  }
  EXPECT_TRUE(contains(result.out, "9 masks written")) << result.out;
}

TEST_F(Inference, EndsWhereAMaskCannotBeWritten) {
  const fs::path many =
      write_many(project_->root() / "many", scans() / "10019.png", scans() / "wide.png");
  fs::create_directories(output() / "04.png/in_the_way");
  const ProcessResult result = infer(many, {"--set", "eval.batch_size=2"});
  EXPECT_EQ(result.exit_code, 6) << result.out;
  EXPECT_TRUE(contains(result.err, (output() / "04.png").string())) << result.err;
  for (const char* before : {"00.png", "01.png", "02.png", "03.png"}) {
    EXPECT_TRUE(fs::is_regular_file(output() / before)) << before;
  }
  EXPECT_FALSE(fs::exists(output() / "09.png"));
}

TEST_F(Inference, RefusesTwoImagesThatWouldGiveOneMask) {
  const fs::path twins = project_->root() / "twins";
  write_png(twins / "same.png", cv::Mat(64, 64, CV_8UC3, cv::Scalar(9, 9, 9)));
  fs::copy(twins / "same.png", twins / "same.jpg");
  const ProcessResult result = infer(twins);
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_TRUE(contains(result.err, "would both become same.png")) << result.err;
  EXPECT_FALSE(fs::exists(output()));
}

TEST_F(Inference, NeverReplacesTheImages) {
  const std::string before = read_file(scans() / "wide.png");
  for (const char* folder : {"scans", "scans/", "scans/../scans/."}) {
    const ProcessResult result =
        infer(scans() / "*.png", {"--output", (project_->root() / folder).string()});
    EXPECT_EQ(result.exit_code, 2) << result.out;
    EXPECT_TRUE(contains(result.err, "write the masks to another folder")) << result.err;
  }
  EXPECT_EQ(read_file(scans() / "wide.png"), before);
}

TEST_F(Inference, RefusesAnOutputThatIsNoFolder) {
  write_file(project_->root() / "a_file", "");
  const ProcessResult result =
      project_->run("infer", {"--output", (project_->root() / "a_file/masks").string()});
  EXPECT_EQ(result.exit_code, 6);
  EXPECT_TRUE(contains(result.err, "a_file/masks: cannot create the folder")) << result.err;
}

TEST_F(Inference, NeedsImagesFromTheConfigOrTheCommandLine) {
  const std::string config = read_file(project_->config());
  const std::size_t begin = config.find("[infer]");
  const std::size_t end = config.find("[mask]");
  write_file(project_->folder() / "no_infer.config", config.substr(0, begin) + config.substr(end));
  const ProcessResult inferred = project_->run("infer", {"no_infer.config"});
  EXPECT_EQ(inferred.exit_code, 2);
  EXPECT_TRUE(contains(inferred.err, "give --images or [infer] images_dir")) << inferred.err;
  EXPECT_TRUE(contains(inferred.err, "give --output or [infer] output_dir")) << inferred.err;
  const ProcessResult trained = project_->run("train", {"no_infer.config", "--dry-run"});
  EXPECT_EQ(trained.exit_code, 0) << trained.err;
  EXPECT_TRUE(contains(trained.err, "warning: ")) << trained.err;
  EXPECT_TRUE(contains(trained.err, "[infer] images_dir is missing")) << trained.err;
}

}  // namespace
}  // namespace flexunet
