#include <gtest/gtest.h>

#include "flexunet/base/files.h"
#include "flexunet/checkpoint/safetensors.h"
#include "integration/toy_project.h"
#include "integration/training_results.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kAuto{"--precision", "auto", "--device", "cpu"};

std::string precision_of(const ToyProject& project, const std::string& file) {
  return SafetensorsFile::read(project.folder() / "models" / file).metadata().at("precision");
}

ProcessResult run_auto(const ToyProject& project, const std::string& program,
                       std::vector<std::string> arguments = {}) {
  arguments.insert(arguments.end(), kAuto.begin(), kAuto.end());
  return project.run(program, arguments);
}

// What --precision auto would not choose anew.
std::string other_than(const std::string& precision) {
  return precision == "float32" ? "bfloat16" : "float32";
}

TEST(AutoPrecision, IsMeasuredOnceAndGivesTheBytesOfItsChoice) {
  const ToyProject project(20, 2);
  const ProcessResult trained = run_auto(project, "train");
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const std::string choice = precision_of(project, "last_checkpoint.safetensors");
  EXPECT_TRUE(contains(trained.out,
                       "precision " + choice + ": in bfloat16 the convolutions of a training step"))
      << trained.out;
  const ToyProject named(20, 2);
  ASSERT_EQ(named.run("train", {"--precision", choice, "--device", "cpu"}).exit_code, 0);
  EXPECT_EQ(results_in(project.folder()), results_in(named.folder()));

  // Whatever a measurement would say now: the run goes on in what it was begun in.
  const ToyProject other(20, 2);
  ASSERT_EQ(other
                .run("train", {"--precision", other_than(choice), "--set", "train.epochs=1",
                               "--device", "cpu"})
                .exit_code,
            0);
  const ProcessResult resumed = run_auto(other, "train", {"--resume"});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_TRUE(contains(resumed.out, "precision " + other_than(choice) + ": as it was trained"))
      << resumed.out;
  EXPECT_EQ(precision_of(other, "last_checkpoint.safetensors"), other_than(choice));
  EXPECT_FALSE(contains(resumed.out, "changed: precision")) << resumed.out;
  for (const char* program : {"evaluate", "infer"}) {
    const ProcessResult result = run_auto(other, program);
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_TRUE(contains(result.out, "precision " + other_than(choice) + ": as it was trained"))
        << result.out;
  }
}

TEST(AutoPrecision, IsMeasuredWhereTheModelTellsNone) {
  const ToyProject project(20, 1);
  ASSERT_EQ(project.run("train", {"--device", "cpu"}).exit_code, 0);
  const fs::path models = project.folder() / "models";
  ASSERT_EQ(
      run_flexunet("convert",
                   {(models / "best_model.safetensors").string(),
                    (models / "best_model.h5").string(), "--config", project.config().string()},
                   project.folder())
          .exit_code,
      0);
  fs::remove(models / "best_model.safetensors");
  const ProcessResult result = run_auto(project, "evaluate");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(contains(result.out, "in bfloat16 the convolutions of a prediction step"))
      << result.out;
}

TEST(AutoPrecision, IsToldByADryRun) {
  const ToyProject project(10, 1);
  const ProcessResult result = run_auto(project, "train", {"--dry-run"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(contains(result.out, "in bfloat16 the convolutions of a training step"))
      << result.out;
}

}  // namespace
}  // namespace flexunet
