#include "flexunet/base/staged_folder.h"

#include <gtest/gtest.h>

#include <string>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

std::string refusal(const fs::path& target) {
  try {
    StagedFolder folder(target);
  } catch (const OutputError& error) {
    return error.what();
  }
  return "";
}

TEST(StagedFolder, HasItsNameOnlyOnceItIsFinished) {
  const TemporaryFolder temporary;
  const fs::path target = temporary.path() / "new/out";
  StagedFolder folder(target);
  write_file(folder.path() / "a.txt", "a");
  EXPECT_FALSE(fs::exists(target));
  folder.finish();
  EXPECT_EQ(read_file(target / "a.txt"), "a");
  EXPECT_FALSE(fs::exists(folder.path()));
}

TEST(StagedFolder, LeavesNothingWithoutAnEnd) {
  const TemporaryFolder temporary;
  {
    const StagedFolder folder(temporary.path() / "out");
    write_file(folder.path() / "a.txt", "a");
  }
  EXPECT_TRUE(fs::is_empty(temporary.path()));
}

TEST(StagedFolder, TakesThePlaceOfAnEmptyFolderAlone) {
  const TemporaryFolder temporary;
  fs::create_directory(temporary.path() / "empty");
  StagedFolder folder(temporary.path() / "empty/");
  write_file(folder.path() / "a.txt", "a");
  folder.finish();
  EXPECT_TRUE(fs::exists(temporary.path() / "empty/a.txt"));

  EXPECT_NE(refusal(temporary.path() / "empty").find("is not empty"), std::string::npos);
  EXPECT_NE(refusal(temporary.path() / "empty/a.txt").find("is a file"), std::string::npos);
  EXPECT_TRUE(fs::exists(temporary.path() / "empty/a.txt"));
}

TEST(StagedFolder, NeverSharesItsStage) {
  const TemporaryFolder temporary;
  const StagedFolder first(temporary.path() / "out");
  write_file(first.path() / "a.txt", "a");
  EXPECT_NE(refusal(temporary.path() / "out").find("another run"), std::string::npos);
  EXPECT_TRUE(fs::exists(first.path() / "a.txt"));
}

TEST(StagedFolder, SaysWhereItCannotBe) {
  const TemporaryFolder temporary;
  write_file(temporary.path() / "file", "");
  EXPECT_NE(refusal(temporary.path() / "file/out").find("file"), std::string::npos);
}

}  // namespace
}  // namespace flexunet
