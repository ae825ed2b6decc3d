// Trainings that are killed again and again, and resumed each time until their end. In CI 20 kills;
// FLEXUNET_KILLS says how many (tests/integration/long_forms.sh: 200).
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "flexunet/base/files.h"
#include "flexunet/base/random.h"
#include "integration/faulty_run.h"
#include "integration/training_results.h"

namespace flexunet {
namespace {

constexpr int kKilled = 137;

int kills_wanted() {
  const char* wanted = std::getenv("FLEXUNET_KILLS");
  return wanted == nullptr ? 20 : std::stoi(wanted);
}

// Written while the next epoch runs.
bool is_checkpoint(const std::string& file) {
  return contains(file, "last_checkpoint") || contains(file, "best_model");
}

class KillTest : public testing::Test {
 protected:
  // A whole run, its results and how long it takes.
  void run_undisturbed() {
    operations_ = list_file_operations(project_, {}).size();
    undisturbed_ = results_in(project_.folder());
    files_ = project_.files();
    remove_results(project_.folder());
    const auto start = std::chrono::steady_clock::now();
    ASSERT_EQ(project_.run("train", {"--device", "cpu"}).exit_code, 0);
    duration_ = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - start);
    remove_results(project_.folder());
  }
  // Every second kill at any time, the others within a file operation.
  ProcessResult run_and_kill() {
    if (random_.below(2) == 0) {
      ProcessOptions options;
      const auto latest = static_cast<std::uint64_t>(duration_.count());
      options.kill_after = std::chrono::milliseconds(random_.below(latest));
      return project_.run("train", {"--resume", "--device", "cpu"}, options);
    }
    return train_with_fault(project_, {"--resume"},
                            fmt::format("kill=0@{}", 1 + random_.below(operations_)));
  }
  void expect_the_undisturbed_results() const {
    EXPECT_TRUE(results_in(project_.folder()) == undisturbed_);
    EXPECT_EQ(project_.files(), files_);
  }

  ToyProject project_{20, 4};
  std::uint64_t operations_ = 0;
  FileContents undisturbed_;
  std::vector<std::string> files_;
  std::chrono::milliseconds duration_{0};
  CounterRandom random_{137, 0};
};

TEST_F(KillTest, RunsThatAreKilledAndResumedEndAsIfNothingHadHappened) {
  run_undisturbed();
  const int wanted = kills_wanted();
  int kills = 0;
  int kills_within_a_write = 0;
  int kills_within_a_checkpoint = 0;
  int finished = 0;
  while (kills < wanted || finished == 0) {
    const ProcessResult result =
        kills < wanted ? run_and_kill() : project_.run("train", {"--resume", "--device", "cpu"});
    ASSERT_EQ(find_torn_file(project_.folder()), "") << "after kill " << kills;
    if (result.exit_code == kKilled) {
      ++kills;
      const std::vector<std::string> unfinished = temporary_files(project_.folder());
      kills_within_a_write += unfinished.empty() ? 0 : 1;
      kills_within_a_checkpoint +=
          std::any_of(unfinished.begin(), unfinished.end(), is_checkpoint) ? 1 : 0;
      continue;
    }
    ASSERT_EQ(result.exit_code, 0) << result.err;
    ++finished;
    expect_the_undisturbed_results();
    remove_results(project_.folder());
  }
  fmt::print(
      "{} kills, {} of them within the writing of a file, {} of a checkpoint; {} runs resumed to "
      "their end\n",
      kills, kills_within_a_write, kills_within_a_checkpoint, finished);
  EXPECT_GT(kills_within_a_write, 0);
}

}  // namespace
}  // namespace flexunet
