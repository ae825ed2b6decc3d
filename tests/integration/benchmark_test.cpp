#include <gtest/gtest.h>

#include <map>

#include "flexunet/base/files.h"
#include "integration/toy_project.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// The files of a project folder with what they hold.
std::map<std::string, std::string> contents_of(const ToyProject& project) {
  std::map<std::string, std::string> contents;
  for (const std::string& name : project.files()) {
    contents[name] = read_file(project.folder() / name);
  }
  return contents;
}

// What is told of the whole run; "" where nothing is.
std::string run_line(const ProcessResult& result) {
  for (const std::string& line : lines_of(result.out)) {
    if (line.rfind("the whole run: ", 0) == 0) return line;
  }
  return "";
}

// A folder for temporary files of its own, so that what is left there shows.
class Benchmark : public testing::Test {
 protected:
  ProcessResult run(const ToyProject& project, std::vector<std::string> arguments = {}) const {
    arguments.insert(arguments.end(),
                     {"--benchmark", "--benchmark-seconds", "0.5", "--device", "cpu"});
    ProcessOptions options;
    options.environment = {"TMPDIR=" + scratch_.path().string()};
    return project.run("train", arguments, options);
  }

  void expect_report(const ProcessResult& result) const {
    ASSERT_EQ(result.exit_code, 0) << result.err;
    for (const char* part : {"step, float32 ", "step, bfloat16 ", "waiting for data ", "decoding ",
                             "checkpoint ", "validation ", "previews ",
                             "an epoch: ", "the whole run: ", "limited by: ", "suggestion: "}) {
      EXPECT_TRUE(contains(result.out, part)) << part << "\n" << result.out;
    }
    EXPECT_TRUE(fs::is_empty(scratch_.path()));
  }

  TemporaryFolder scratch_;
};

TEST_F(Benchmark, TellsWhatARunTakesAndLeavesTheProjectAsItWas) {
  const ToyProject project(20, 3);
  ASSERT_EQ(project.run("train", {"--set", "train.epochs=1"}).exit_code, 0);
  const auto before = contents_of(project);
  const ProcessResult result =
      run(project, {"--set", "dataset.cache=\"disk\"", "--precision", "float32"});
  expect_report(result);
  EXPECT_TRUE(contains(run_line(result), "3 epochs, ")) << result.out;
  EXPECT_TRUE(contains(run_line(result), " at most")) << result.out;
  EXPECT_EQ(contents_of(project), before);
}

TEST_F(Benchmark, OfANewProjectMakesNoFolder) {
  const ToyProject project(20, 3);
  const auto before = project.files();
  const ProcessResult result =
      run(project, {"--set", "dataset.cache=\"none\"", "--set", "model.generator=True", "--set",
                    "train.steps_per_epoch=2", "--set", "train.patience=0"});
  expect_report(result);
  EXPECT_TRUE(contains(run_line(result), "3 epochs, ")) << result.out;
  EXPECT_FALSE(contains(run_line(result), " at most")) << result.out;
  EXPECT_TRUE(contains(result.out, "whenever it is needed")) << result.out;
  EXPECT_EQ(project.files(), before);
  EXPECT_FALSE(fs::exists(project.folder() / "models"));
}

TEST_F(Benchmark, WorksWithOneTrainingImage) {
  const ToyProject project(20, 3);
  for (const char* kind : {"images", "masks"}) {
    const auto files = list_files(project.dataset() / "train" / kind);
    for (std::size_t i = 1; i < files.size(); ++i) fs::remove(files[i]);
  }
  expect_report(run(project));
}

TEST_F(Benchmark, ExcludesWhatAsksForSomethingElse) {
  const ToyProject project(10, 1);
  for (const char* other : {"--resume", "--dry-run"}) {
    EXPECT_EQ(run(project, {other}).exit_code, 2) << other;
  }
}

}  // namespace
}  // namespace flexunet
