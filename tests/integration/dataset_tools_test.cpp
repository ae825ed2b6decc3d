#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>

#include "flexunet/base/files.h"
#include "integration/toy_project.h"
#include "support/phantom_dataset.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// 20 phantoms and their flips in the folder "in".
class DatasetTools : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    made_ = new TemporaryFolder;
    write_phantom_pairs(made_->path(), 20, 64);
    add_flips(made_->path());
  }
  static void TearDownTestSuite() { delete made_; }

  DatasetTools() { fs::copy(made_->path(), root() / "in", fs::copy_options::recursive); }

  fs::path root() const { return folder_.path(); }
  ProcessResult run(const std::string& name, const std::vector<std::string>& arguments) const {
    return run_flexunet(name, arguments, root());
  }
  // The errors that flexunet-verify counts in a folder.
  int count_errors(const std::string& folder) const {
    return nlohmann::json::parse(run("verify", {folder, "--json"}).out)["errors"];
  }

  static TemporaryFolder* made_;
  TemporaryFolder folder_;
};

TemporaryFolder* DatasetTools::made_ = nullptr;

TEST_F(DatasetTools, SplitWithoutTheLeakOfTheOriginal) {
  const ProcessResult split = run("split", {"in", "ours"});
  EXPECT_EQ(split.exit_code, 0) << split.err;
  for (const char* line : {"train: 14 images and 28 variants of 14 groups", "valid: 4 images",
                           "test: 2 images", "12 variants of images outside train are left out",
                           "images with (128,40,40): train 14, valid 4, test 2"}) {
    EXPECT_TRUE(contains(split.out, line)) << line << "\nnot in\n" << split.out;
  }
  const ProcessResult ours = run("verify", {"ours"});
  EXPECT_EQ(ours.exit_code, 0) << ours.out << ours.err;
  EXPECT_TRUE(contains(ours.out, "errors: 0")) << ours.out;
  split_by_file(root() / "in", root() / "original");
  const ProcessResult original = run("verify", {"original"});
  EXPECT_EQ(original.exit_code, 3);
  EXPECT_TRUE(contains(original.out, "leak_source: source 100")) << original.out;
  EXPECT_TRUE(contains(original.err, "original: ")) << original.err;
  EXPECT_GT(count_errors("original"), 0);
}

TEST_F(DatasetTools, CutFoldsThatVerifyFindsSound) {
  const ProcessResult split = run("split", {"in", "out", "--folds", "2", "--link"});
  EXPECT_EQ(split.exit_code, 0) << split.err;
  for (const char* fold : {"out/fold_1", "out/fold_2"}) {
    EXPECT_EQ(list_files(root() / fold / "valid/images").size(), 10U);
    EXPECT_EQ(list_files(root() / fold / "train/images").size(), 30U);
    EXPECT_EQ(count_errors(fold), 0);
  }
}

TEST_F(DatasetTools, SuggestAConfigThatTrains) {
  ASSERT_EQ(run("split", {"in", "in-split"}).exit_code, 0);
  const ProcessResult undivided = run("verify", {"--suggest", "in"});
  EXPECT_EQ(undivided.exit_code, 0) << undivided.err;
  EXPECT_TRUE(contains(undivided.err, "in: is not divided")) << undivided.err;
  const ProcessResult divided = run("verify", {"--suggest", "in-split"});
  EXPECT_EQ(divided.err, "");
  for (const std::string& config : {undivided.out, divided.out}) {
    write_file(root() / "train_eval_infer.config", config);
    const ProcessResult dry = run("train", {"--dry-run", "--strict"});
    EXPECT_EQ(dry.exit_code, 0) << dry.err << config;
    EXPECT_TRUE(contains(dry.out, "train  42 images")) << dry.out;
  }
  const ProcessResult trained =
      run("train", {"--set", "train.epochs=4", "--set", "train.warmup_epochs=0"});
  EXPECT_EQ(trained.exit_code, 0) << trained.err;
  const ProcessResult verified = run("verify", {"train_eval_infer.config"});
  EXPECT_EQ(verified.exit_code, 0) << verified.err;
  EXPECT_TRUE(contains(verified.out, "train: 42 pairs, 64x64")) << verified.out;
}

TEST_F(DatasetTools, DrawStatisticsOfConfigAndFolder) {
  const ToyProject project(10, 1);
  const ProcessResult config = project.run("statistics", {"train_eval_infer.config"});
  EXPECT_EQ(config.exit_code, 0) << config.err;
  EXPECT_TRUE(contains(config.out, "images                         7           2           1"))
      << config.out;
  EXPECT_TRUE(fs::exists(project.folder() / "Toy_Statistics.png"));
  const ProcessResult folder = run("statistics", {"in", "--output", "new"});
  EXPECT_EQ(folder.exit_code, 0) << folder.err;
  EXPECT_EQ(read_picture(root() / "new/in_Statistics.png").cols, 800);
  EXPECT_TRUE(contains(read_file(root() / "new/in_Statistics.csv"), "in,60,1,\"(128,40,40)\","));
}

TEST_F(DatasetTools, RefuseMasksOfAnotherSize) {
  write_png(root() / "in/masks/10003.png", cv::Mat(32, 64, CV_8UC3, cv::Scalar::all(0)));
  for (const ProcessResult& result : {run("split", {"in", "out"}), run("verify", {"in"})}) {
    EXPECT_EQ(result.exit_code, 3);
    EXPECT_TRUE(contains(result.out + result.err, "in/masks/10003.png: the mask is 64x32"))
        << result.out << result.err;
  }
  EXPECT_FALSE(fs::exists(root() / "out"));
  EXPECT_FALSE(fs::exists(root() / "out.partial"));
}

TEST_F(DatasetTools, RefuseOutputsInUseAndUnwritable) {
  fs::create_directories(root() / "used");
  write_file(root() / "used/mine.txt", "x");
  const ProcessResult used = run("split", {"in", "used"});
  EXPECT_EQ(used.exit_code, 6);
  EXPECT_TRUE(contains(used.err, "used: exists and is not empty")) << used.err;
  EXPECT_EQ(list_files(root() / "used").size(), 1U);
  const ProcessResult below = run("split", {"in", "used/mine.txt/out"});
  EXPECT_EQ(below.exit_code, 6) << below.err;
  const ProcessResult statistics = run("statistics", {"in", "--output", "used/mine.txt"});
  EXPECT_EQ(statistics.exit_code, 6) << statistics.err;
}

TEST_F(DatasetTools, RefuseWrongUsage) {
  EXPECT_EQ(run("verify", {}).exit_code, 2);
  EXPECT_EQ(run("verify", {"nowhere.config"}).exit_code, 2);
  EXPECT_EQ(run("verify", {"in", "--suggest", "in"}).exit_code, 2);
  EXPECT_EQ(run("verify", {"in", "--rgb-map", "{1}"}).exit_code, 2);
  EXPECT_EQ(run("split", {"in", "out", "--ratio", "70,30"}).exit_code, 2);
  EXPECT_EQ(run("split", {"in", "out", "--ratio", "1,0,1"}).exit_code, 2);
  EXPECT_EQ(run("split", {"in", "out", "--folds", "1"}).exit_code, 2);
  EXPECT_EQ(run("split", {"in", "out", "--group-pattern", "("}).exit_code, 2);
  const ProcessResult few = run("split", {"in", "out", "--group-pattern", "(100)"});
  EXPECT_EQ(few.exit_code, 3);
  EXPECT_TRUE(contains(few.err, "1 group of images cannot make 3 splits")) << few.err;
  EXPECT_FALSE(fs::exists(root() / "out"));
}

// The published real slices, which lie beside the repository where they are there at all.
TEST(RealDataSets, AreVerifiedAndCounted) {
  const fs::path data = fs::path(FLEXUNET_SOURCE_DIR) / "../shared/data";
  if (!fs::exists(data)) GTEST_SKIP() << data << " is not there";
  const TemporaryFolder folder;
  const std::string knee = (data / "KneeBones3Dify").string();
  const ProcessResult bones = run_flexunet("verify", {knee}, folder.path());
  EXPECT_EQ(bones.exit_code, 0) << bones.err;
  EXPECT_TRUE(contains(bones.out, "train: 16 pairs, 512x512")) << bones.out;
  EXPECT_TRUE(contains(bones.out, "1 (128,40,40)")) << bones.out;
  const std::string brain = (data / "Crystal-Clean-Brain-Tumor").string();
  const ProcessResult tumours = run_flexunet("verify", {brain}, folder.path());
  EXPECT_EQ(tumours.exit_code, 0) << tumours.err;
  // A brightened copy of a training image under another name.
  EXPECT_TRUE(contains(tumours.out, "M_208_BR_.png looks like")) << tumours.out;
  EXPECT_TRUE(contains(tumours.out, "warnings: 1")) << tumours.out;
  const ProcessResult counted = run_flexunet(
      "statistics", {brain, "--rgb-map", "{(0,0,0):0, (0,0,255):1, (0,255,0):2, (255,0,0):3}"},
      folder.path());
  EXPECT_EQ(counted.exit_code, 0) << counted.err;
  EXPECT_TRUE(fs::exists(folder.path() / "Crystal-Clean-Brain-Tumor_Statistics.png"));
}

}  // namespace
}  // namespace flexunet
