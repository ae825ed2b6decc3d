#include <gtest/gtest.h>

#include <fstream>

#include "flexunet/base/files.h"
#include "integration/toy_project.h"
#include "integration/training_results.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

ProcessResult run_with(const ToyProject& project, const std::string& program,
                       const std::string& cache, std::vector<std::string> arguments = {}) {
  arguments.insert(arguments.end(), {"--set", "dataset.cache=\"" + cache + "\""});
  return project.run(program, arguments);
}

fs::path cache_folder(const ToyProject& project) { return project.folder() / "dataset_cache"; }

TEST(DatasetCacheOption, DoesNotChangeWhatComesOut) {
  const ToyProject project(20, 2);
  ASSERT_EQ(run_with(project, "train", "memory").exit_code, 0);
  const FileContents expected = results_in(project.folder());
  ASSERT_EQ(expected.count("eval/train_losses.csv"), 1U);
  ASSERT_EQ(expected.count("models/best_model.safetensors"), 1U);
  EXPECT_FALSE(fs::exists(cache_folder(project)));
  for (const char* cache : {"disk", "disk", "none", "auto"}) {
    remove_results(project.folder());
    const ProcessResult trained = run_with(project, "train", cache);
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    EXPECT_TRUE(results_in(project.folder()) == expected) << cache;
  }
  EXPECT_TRUE(fs::exists(cache_folder(project) / "train.samples"));
  EXPECT_TRUE(fs::exists(cache_folder(project) / "valid.samples"));
}

TEST(DatasetCacheOption, SaysWhatItDoesAndServesEveryProgram) {
  const ToyProject project(20, 1);
  const ProcessResult first = run_with(project, "train", "disk", {"--verbose"});
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_TRUE(contains(first.out, "train.samples, 14 samples, 0 reused")) << first.out;
  EXPECT_TRUE(contains(first.out, "s for data, ")) << first.out;
  const ProcessResult second = run_with(project, "train", "disk");
  EXPECT_TRUE(contains(second.out, "train.samples, 14 samples, 14 reused")) << second.out;
  const ProcessResult scored = run_with(project, "evaluate", "disk");
  EXPECT_TRUE(contains(scored.out, "test.samples, ")) << scored.out;
  const std::string table = read_file(project.folder() / "evaluation.csv");
  const ProcessResult again = run_with(project, "evaluate", "none");
  EXPECT_TRUE(contains(again.out, "decoded again")) << again.out;
  EXPECT_EQ(read_file(project.folder() / "evaluation.csv"), table);
}

TEST(DatasetCacheOption, WritesNothingInADryRun) {
  const ToyProject project(20, 1);
  const auto before = project.files();
  const ProcessResult dry = run_with(project, "train", "disk", {"--dry-run"});
  EXPECT_EQ(dry.exit_code, 0) << dry.err;
  EXPECT_EQ(project.files(), before);
}

TEST(DatasetCacheOption, MayChangeOnResume) {
  const ToyProject project(20, 3);
  ASSERT_EQ(run_with(project, "train", "memory").exit_code, 0);
  const FileContents undisturbed = results_in(project.folder());
  remove_results(project.folder());
  ASSERT_EQ(run_with(project, "train", "disk", {"--set", "train.epochs=1"}).exit_code, 0);
  ASSERT_EQ(run_with(project, "train", "none", {"--set", "train.epochs=2", "--resume"}).exit_code,
            0);
  const ProcessResult last = run_with(project, "train", "auto", {"--resume"});
  ASSERT_EQ(last.exit_code, 0) << last.err;
  EXPECT_TRUE(results_in(project.folder()) == undisturbed);
}

// A sample that turns out to be damaged in the middle of an epoch.
TEST(DatasetCacheOption, ThatIsDamagedEndsTheRunAndKeepsItsEpochs) {
  const ToyProject project(20, 2);
  ASSERT_EQ(run_with(project, "train", "disk", {"--set", "train.epochs=1"}).exit_code, 0);
  const FileContents before = results_in(project.folder());
  const fs::path cache = cache_folder(project) / "train.samples";
  std::string content = read_file(cache);
  content[100000] = static_cast<char>(content[100000] ^ 1);
  std::ofstream(cache, std::ios::binary) << content;
  const ProcessResult stopped = run_with(project, "train", "disk", {"--resume"});
  EXPECT_EQ(stopped.exit_code, 3) << stopped.out;
  EXPECT_TRUE(contains(stopped.err, cache.string())) << stopped.err;
  EXPECT_TRUE(contains(stopped.err, "delete this file")) << stopped.err;
  EXPECT_TRUE(results_in(project.folder()) == before);
  fs::remove(cache);
  EXPECT_EQ(run_with(project, "train", "disk", {"--resume"}).exit_code, 0);
}

TEST(DatasetCacheOption, OnDiskNeedsAPlaceToBe) {
  const ToyProject project(20, 1);
  write_file(cache_folder(project), "not a folder");
  const ProcessResult refused = run_with(project, "train", "disk");
  EXPECT_EQ(refused.exit_code, 6) << refused.out;
  EXPECT_TRUE(contains(refused.err, "dataset_cache")) << refused.err;
}

}  // namespace
}  // namespace flexunet
