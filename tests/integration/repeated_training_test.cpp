#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "flexunet/base/files.h"
#include "integration/toy_project.h"
#include "integration/training_results.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

TEST(RepeatedTraining, SameSeedGivesTheSameBytesAndOldResultsAreKept) {
  const ToyProject project(20, 2);
  const std::vector<std::string> first_files = project.files();
  const auto train = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--device", "cpu"});  // bytes may differ on a GPU
    return project.run("train", arguments);
  };
  ASSERT_EQ(train({}).exit_code, 0);
  const FileContents first = results_in(project.folder());
  const std::string previews = read_file(project.folder() / "epoch_change_infer/Epoch_2_10019.png");
  const std::vector<std::string> files = project.files();

  const ProcessResult second = train({"--seed", "137"});
  ASSERT_EQ(second.exit_code, 0) << second.err;
  EXPECT_TRUE(contains(second.out, "previous_runs/1")) << second.out;
  EXPECT_EQ(results_in(project.folder()), first) << "137 is the default";
  const fs::path moved = project.folder() / "previous_runs/1";
  EXPECT_EQ(results_in(moved), first);
  EXPECT_EQ(read_file(moved / "epoch_change_infer/Epoch_2_10019.png"), previews);
  // All files of the first run twice, but for the config, which stays.
  EXPECT_EQ(project.files().size(), 2 * files.size() - first_files.size());

  ASSERT_EQ(train({"--seed", "138"}).exit_code, 0);
  EXPECT_EQ(results_in(project.folder() / "previous_runs/2"), first);
  EXPECT_NE(results_in(project.folder()), first);
  EXPECT_NE(read_file(project.folder() / "eval/train_losses.csv"),
            read_file(moved / "eval/train_losses.csv"));
}

TEST(BreakFile, EndsTrainingAfterTheEpochAndSaves) {
  const ToyProject project(20, 50);
  write_file(project.folder() / "break_training", "");
  const ProcessResult result = project.run("train");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(contains(result.out, "break_training")) << result.out;
  const nlohmann::json history =
      nlohmann::json::parse(read_file(project.folder() / "history.json"));
  EXPECT_EQ(history.at("loss").size(), 1U);
  EXPECT_TRUE(fs::exists(project.folder() / "models/best_model.safetensors"));
  EXPECT_EQ(project.run("evaluate").exit_code, 0);
}

TEST(DryRun, WritesNothing) {
  const ToyProject project(20, 1);
  const std::vector<std::string> before = project.files();
  const ProcessResult trained = project.run("train", {"--dry-run"});
  EXPECT_EQ(trained.exit_code, 0) << trained.err;
  for (const char* part : {"train  14 images", "valid  4 images", "120,834 parameters",
                           "estimated memory", "nothing was trained"}) {
    EXPECT_TRUE(contains(trained.out, part)) << trained.out;
  }
  EXPECT_EQ(project.files(), before);

  ASSERT_EQ(project.run("train").exit_code, 0);
  const std::vector<std::string> after_training = project.files();
  for (const char* name : {"train", "evaluate", "infer"}) {
    const ProcessResult result = project.run(name, {"--dry-run"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_TRUE(contains(result.out, "dry run: ")) << result.out;
  }
  EXPECT_EQ(project.files(), after_training);
}

}  // namespace
}  // namespace flexunet
