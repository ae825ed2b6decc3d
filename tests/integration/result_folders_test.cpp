#include <gtest/gtest.h>
#include <sys/stat.h>

#include "flexunet/base/files.h"
#include "integration/toy_project.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// Each setting would let a later training move the user's own files away.
TEST(ResultFolders, ThatHoldTheProjectOrItsDataAreRefused) {
  const ToyProject project(10, 1);
  const std::vector<std::string> before = project.files();
  for (const char* setting :
       {"train.model_dir=\".\"", "train.model_dir=\"../..\"", "train.eval_dir=\"../../../dataset\"",
        "train.epoch_change_infer_dir=\"../../../dataset/Toy/test/images\""}) {
    const ProcessResult result = project.run("train", {"--set", setting});
    EXPECT_EQ(result.exit_code, 2) << setting << result.out;
    EXPECT_TRUE(contains(result.err, "a folder of their own")) << result.err;
  }
  EXPECT_EQ(project.files(), before);
}

TEST(ResultFolders, OnAnotherFileSystemAreMovedTheSame) {
  const ToyProject project(10, 1);
  struct stat here {};
  struct stat there {};
  if (::stat("/dev/shm", &there) != 0 || ::stat(project.root().c_str(), &here) != 0 ||
      here.st_dev == there.st_dev) {
    GTEST_SKIP() << "no second file system";
  }
  const fs::path elsewhere = fs::path("/dev/shm") / project.root().filename();
  const std::string setting = "train.model_dir='" + (elsewhere / "models").string() + "'";
  for (int run = 0; run < 2; ++run) {
    const ProcessResult result = project.run("train", {"--set", setting});
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }
  fs::remove_all(elsewhere);
  EXPECT_TRUE(fs::exists(project.folder() / "previous_runs/1/models/best_model.safetensors"));
}

TEST(ResultFolders, OfInferenceAreNotThoseOfTheMasks) {
  const ToyProject project(10, 1);
  ASSERT_EQ(project.run("train").exit_code, 0);
  const fs::path mask = project.dataset() / "test/masks/10010.png";
  const std::string before = read_file(mask);
  const ProcessResult result = project.run("infer", {"--output", mask.parent_path().string()});
  EXPECT_EQ(result.exit_code, 2) << result.out;
  EXPECT_EQ(read_file(mask), before);
}

TEST(ResultFiles, OfOverlaysDoNotReplaceMasks) {
  const ToyProject project(10, 1);
  ASSERT_EQ(project.run("train").exit_code, 0);
  const fs::path image = project.dataset() / "test/images/10010.png";
  const fs::path scans = project.root() / "scans";
  write_file(scans / "a.png", read_file(image));
  write_file(scans / "a_overlay.png", read_file(image));
  const std::vector<std::string> arguments{"--images", scans.string(), "--output",
                                           (project.root() / "masks").string()};
  EXPECT_EQ(project.run("infer", arguments).exit_code, 0);
  std::vector<std::string> with_overlay = arguments;
  with_overlay.emplace_back("--overlay");
  const ProcessResult result = project.run("infer", with_overlay);
  EXPECT_EQ(result.exit_code, 3) << result.out;
  EXPECT_TRUE(contains(result.err, "a_overlay.png")) << result.err;
}

TEST(Previews, OfOneNameAreMadeOnce) {
  const ToyProject project(10, 1);
  for (const char* folder : {"A", "B"}) {
    write_file(project.root() / "scans" / folder / "images/1.png",
               read_file(project.dataset() / "test/images/10010.png"));
  }
  const ProcessResult result =
      project.run("train", {"--set", "infer.images_dir=\"../../../scans/*/images\""});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(contains(result.err, "scans/B/images/1.png")) << result.err;
}

TEST(BatchNorm, OfASinglePixelIsRefusedBeforeTraining) {
  const ToyProject project(20, 1);  // 14 images to train on
  const std::vector<std::string> before = project.files();
  const ProcessResult result =
      project.run("train", {"--set", "model.normalization=True", "--set", "model.num_layers=7",
                            "--set", "train.batch_size=13", "--set", "model.base_filters=1"});
  EXPECT_EQ(result.exit_code, 2) << result.err;
  EXPECT_TRUE(contains(result.err, "change batch_size or num_layers")) << result.err;
  EXPECT_EQ(project.files(), before);
}

TEST(InspectDryRun, WritesNothing) {
  const ToyProject project(10, 1);
  const std::vector<std::string> before = project.files();
  EXPECT_EQ(project.run("inspect", {"--dry-run"}).exit_code, 0);
  EXPECT_EQ(project.files(), before);
}

}  // namespace
}  // namespace flexunet
