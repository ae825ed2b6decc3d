#include "flexunet/base/folder_lock.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

std::string refusal(const fs::path& folder) {
  try {
    const FolderLock lock(folder);
  } catch (const OutputError& error) {
    return error.what();
  }
  return "not refused";
}

std::string own_number() { return "process " + std::to_string(::getpid()); }

TEST(FolderLock, RefusesASecondOneAndNamesTheFirst) {
  const TemporaryFolder folder;
  std::optional<FolderLock> lock(folder.path());
  EXPECT_EQ(lock->left_behind_by(), "");
  const std::string message = refusal(folder.path());
  EXPECT_NE(message.find(folder.path().string()), std::string::npos) << message;
  EXPECT_NE(message.find(own_number()), std::string::npos) << message;
  lock.reset();
  EXPECT_EQ(refusal(folder.path()), "not refused");
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(FolderLock, TakesAlongAFolderThatItCreatedAndNothingElse) {
  const TemporaryFolder folder;
  const fs::path models = folder.path() / "models";
  { const FolderLock lock(models); }
  EXPECT_FALSE(fs::exists(models));
  {
    const FolderLock lock(models);
    write_file(models / "model", "x");
  }
  EXPECT_EQ(read_file(models / "model"), "x");
}

TEST(FolderLock, IsTakenOverAfterAKill) {
  const TemporaryFolder folder;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const FolderLock lock(folder.path());
    [[maybe_unused]] const auto written = ::write(ready[1], "x", 1);
    ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_NE(refusal(folder.path()).find("process " + std::to_string(child)), std::string::npos);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(fs::exists(folder.path() / ".lock"));
  const FolderLock lock(folder.path());
  EXPECT_EQ(lock.left_behind_by().rfind("process " + std::to_string(child) + " on ", 0), 0U)
      << lock.left_behind_by();
}

TEST(FolderLock, GoesOnWithANewFolderWhenTheOldOneIsMoved) {
  const TemporaryFolder folder;
  const fs::path models = folder.path() / "models";
  const fs::path moved = folder.path() / "previous_runs/1/models";
  folder.write("models/model", "x");
  FolderLock lock(models);
  lock.move_folder_to(moved);
  EXPECT_EQ(read_file(moved / "model"), "x");
  EXPECT_FALSE(fs::exists(moved / ".lock"));
  EXPECT_NE(refusal(models).find(own_number()), std::string::npos);
  EXPECT_EQ(refusal(moved), "not refused");
}

TEST(FolderLock, NamesAFileInTheFoldersPlace) {
  const TemporaryFolder folder;
  folder.write("models", "a file");
  const std::string message = refusal(folder.path() / "models");
  EXPECT_NE(message.find("models: cannot create the folder"), std::string::npos) << message;
}

TEST(FolderLock, NamesAFolderThatCannotBeWritten) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may write every folder";
  const TemporaryFolder folder;
  fs::create_directory(folder.path() / "closed");
  fs::permissions(folder.path() / "closed", fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_NE(refusal(folder.path() / "closed").find("cannot create a lock"), std::string::npos);
}

}  // namespace
}  // namespace flexunet
