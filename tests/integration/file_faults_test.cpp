// Every file operation of a training fails once. In CI every few of them; all of them with
// FLEXUNET_LONG_TESTS=1 (tests/integration/long_forms.sh).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <optional>
#include <set>

#include "flexunet/base/files.h"
#include "integration/faulty_run.h"
#include "integration/training_results.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

std::size_t stride() { return is_long_form() ? 1 : 9; }

// Temporary files, and the lock of a run that has ended.
std::vector<std::string> leftovers(const ToyProject& project) {
  std::vector<std::string> found = temporary_files(project.folder());
  for (const std::string& file : project.files()) {
    if (fs::path(file).filename() == ".lock") found.push_back(file);
  }
  return found;
}

bool is_worth_a_warning_only(const std::string& path) {
  return contains(path, "epoch_change_infer") || contains(path, ".png");
}

// The file that was to be written: an operation may have its temporary name, or be the flush of its
// folder, which comes last.
std::string target_of(const std::vector<FileOperation>& operations, std::size_t number) {
  const FileOperation& operation = operations[number - 1];
  if (operation.kind == "fsync" && fs::is_directory(operation.path)) {
    return operations[number - 2].path;
  }
  const fs::path path = operation.path;
  std::string name = path.filename().string();
  if (path.extension() == ".tmp") name = name.substr(1, name.size() - 1 - 4);
  if (name == ".lock") return path.parent_path().string();
  return (path.parent_path() / name).string();
}

// Fresh projects share one data set: making it takes longer than the training.
class FileFaults : public testing::Test {
 protected:
  // Fails operation `number` and checks what is left, what is said, and that the run goes on.
  void check(std::size_t number, const FileContents& undisturbed) {
    remove_results(project_.folder());
    const ProcessResult failed = train_with_fault(
        project_, {}, "fail=" + std::to_string(ENOSPC) + "@" + std::to_string(number));
    const std::string target = target_of(operations_of_last_run(project_), number);
    SCOPED_TRACE("operation " + std::to_string(number) + " on " + target);
    const bool warning_only = is_worth_a_warning_only(target);
    EXPECT_EQ(failed.exit_code, warning_only ? 0 : 6) << failed.err;
    EXPECT_TRUE(contains(failed.err, warning_only ? "warning: " : "error: ")) << failed.err;
    EXPECT_TRUE(contains(failed.err, target)) << failed.err;
    EXPECT_TRUE(contains(failed.err, "No space left on device")) << failed.err;
    EXPECT_EQ(find_torn_file(project_.folder()), "");
    EXPECT_EQ(leftovers(project_), std::vector<std::string>{});
    if (warning_only) return;
    const ProcessResult resumed = train_with_fault(project_, {"--resume"}, "");
    EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
    EXPECT_TRUE(results_in(project_.folder()) == undisturbed);
  }

  ToyProject project_{20, 2};
};

TEST_F(FileFaults, LeaveWholeFilesAndAnErrorThatNamesThePath) {
  const std::vector<FileOperation> operations = list_file_operations(project_, {});
  const FileContents undisturbed = results_in(project_.folder());
  std::set<std::string> kinds;
  for (const FileOperation& operation : operations) kinds.insert(operation.kind);
  ASSERT_EQ(kinds, (std::set<std::string>{"create", "fsync", "link", "rename", "write"}));
  for (std::size_t number = 1; number <= operations.size(); number += stride()) {
    check(number, undisturbed);
  }
  fmt::print("{} file operations, {} of them failed\n", operations.size(),
             (operations.size() + stride() - 1) / stride());
}

// Earlier results are moved away: wherever that fails, each of them is in one of both places.
TEST_F(FileFaults, LoseNothingOfAnEarlierRun) {
  ASSERT_EQ(train_with_fault(project_, {"--set", "train.epochs=1"}, "").exit_code, 0);
  const FileContents before = results_in(project_.folder());
  const fs::path moved = project_.folder() / "previous_runs/1";
  // A lock, four moves, a new lock, the copy of the config.
  constexpr std::size_t kOperations = 11;
  for (std::size_t number = 1; number <= kOperations; number += is_long_form() ? 1 : 4) {
    remove_results(project_.folder());
    fs::remove_all(project_.folder() / "previous_runs");
    for (const auto& [name, content] : before) write_file(project_.folder() / name, content);
    const ProcessResult failed =
        train_with_fault(project_, {}, "fail=28@" + std::to_string(number));
    EXPECT_EQ(failed.exit_code, 6) << number << failed.err;
    FileContents found = results_in(project_.folder());
    if (fs::exists(moved)) found.merge(results_in(moved));
    EXPECT_TRUE(found == before) << "operation " << number << ": " << failed.err;
  }
}

// The next epoch runs meanwhile, but for the last one.
TEST_F(FileFaults, AKillWhileACheckpointIsWrittenLeavesOneToResumeFrom) {
  const std::vector<FileOperation> operations = list_file_operations(project_, {});
  const FileContents undisturbed = results_in(project_.folder());
  std::vector<std::size_t> of_checkpoints;
  for (std::size_t number = 1; number <= operations.size(); ++number) {
    const std::string& path = operations[number - 1].path;
    if (contains(path, "checkpoint") || contains(path, "best_model")) {
      of_checkpoints.push_back(number);
    }
  }
  ASSERT_FALSE(of_checkpoints.empty());
  for (std::size_t i = 0; i < of_checkpoints.size(); i += is_long_form() ? 1 : 3) {
    const FileOperation& operation = operations[of_checkpoints[i] - 1];
    SCOPED_TRACE(operation.kind + " " + operation.path);
    remove_results(project_.folder());
    const ProcessResult killed =
        train_with_fault(project_, {}, fmt::format("kill=0@{}", of_checkpoints[i]));
    EXPECT_EQ(killed.exit_code, 128 + SIGKILL) << killed.err;
    EXPECT_EQ(find_torn_file(project_.folder()), "");
    const ProcessResult resumed = train_with_fault(project_, {"--resume"}, "");
    EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
    EXPECT_TRUE(results_in(project_.folder()) == undisturbed);
  }
}

// The last file operation of the first epoch.
std::size_t end_of_first_epoch(const std::vector<FileOperation>& operations) {
  const auto best = std::find_if(operations.begin(), operations.end(), [](const auto& operation) {
    return operation.kind == "rename" && contains(operation.path, "best_model");
  });
  return static_cast<std::size_t>(best - operations.begin()) + 1;
}

TEST_F(FileFaults, SignalsLetTheEpochInHandBeSaved) {
  const std::size_t operation = end_of_first_epoch(list_file_operations(project_, {}));
  const FileContents undisturbed = results_in(project_.folder());
  for (const int signal : {SIGINT, SIGTERM}) {
    remove_results(project_.folder());
    const std::string at = std::to_string(signal) + "@" + std::to_string(operation);
    const ProcessResult stopped = train_with_fault(project_, {}, "raise=" + at);
    EXPECT_EQ(stopped.exit_code, 128 + signal) << stopped.err;
    EXPECT_TRUE(contains(stopped.err, "--resume goes on after epoch 1")) << stopped.err;
    EXPECT_EQ(leftovers(project_), std::vector<std::string>{});
    EXPECT_EQ(train_with_fault(project_, {"--resume"}, "").exit_code, 0);
    EXPECT_TRUE(results_in(project_.folder()) == undisturbed);
  }
  remove_results(project_.folder());
  const ProcessResult at_once =
      train_with_fault(project_, {}, "raise2=15@" + std::to_string(operation));
  EXPECT_EQ(at_once.exit_code, 143) << at_once.err;
  EXPECT_FALSE(contains(at_once.err, "--resume")) << "the second signal does not wait";
}

}  // namespace
}  // namespace flexunet
