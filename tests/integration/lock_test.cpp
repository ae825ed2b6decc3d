#include <gtest/gtest.h>
#include <unistd.h>

#include "flexunet/base/files.h"
#include "flexunet/base/folder_lock.h"
#include "integration/faulty_run.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

TEST(ModelFolder, IsOneTrainersAtATime) {
  const ToyProject project(20, 1);
  const fs::path models = project.folder() / "models";
  {
    const FolderLock lock(models);
    for (const char* argument : {"--resume", "--quiet"}) {
      const ProcessResult refused = project.run("train", {argument});
      EXPECT_EQ(refused.exit_code, 6) << refused.out;
      EXPECT_TRUE(contains(refused.err, models.string())) << refused.err;
      EXPECT_TRUE(contains(refused.err, "process " + std::to_string(::getpid()))) << refused.err;
    }
    EXPECT_EQ(project.run("train", {"--dry-run"}).exit_code, 0) << "it writes nothing";
  }
  EXPECT_EQ(project.run("train").exit_code, 0);
  EXPECT_FALSE(fs::exists(models / ".lock"));
}

TEST(ModelFolder, IsTakenOverFromATrainerThatWasKilled) {
  const ToyProject project(20, 1);
  ASSERT_EQ(train_with_fault(project, {}, "kill=0@9").exit_code, 137);
  ASSERT_TRUE(fs::exists(project.folder() / "models/.lock"));
  const ProcessResult result = project.run("train");
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(contains(result.out, "an earlier run was killed (process ")) << result.out;
}

}  // namespace
}  // namespace flexunet
