#include "flexunet/callbacks/history_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <utility>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

EpochResult some_epoch(int epoch) {
  EpochResult result;
  result.epoch = epoch;
  result.loss = 0.5 / (epoch + 1);
  result.metric = 0.75;
  result.val_loss = 0.25;
  result.val_metric = 0.875;
  result.learning_rate = 0.001;
  return result;
}

TEST(HistoryFiles, GrowByALineAnEpoch) {
  const TemporaryFolder folder;
  const auto eval = folder.path() / "eval";
  HistoryFiles callback({eval, folder.path() / "history.json"}, "dice_coef_multiclass",
                        [](const std::string& text) { FAIL() << text; });
  TrainControl control(0.001);
  callback.on_epoch_end(some_epoch(0), control);
  callback.on_epoch_end(some_epoch(1), control);
  EXPECT_EQ(read_file(eval / "train_losses.csv"),
            "epoch, loss, val_loss\n0, 0.5000, 0.2500\n1, 0.2500, 0.2500\n");
  EXPECT_EQ(read_file(eval / "train_metrics.csv"),
            "epoch,dice_coef_multiclass,val_dice_coef_multiclass,\n0, 0.7500, 0.8750\n"
            "1, 0.7500, 0.8750\n");
  const auto history = nlohmann::json::parse(read_file(folder.path() / "history.json"));
  EXPECT_EQ(history.at("lr").size(), 2U);
  EXPECT_TRUE(std::filesystem::exists(eval / "train_losses.png"));
  EXPECT_TRUE(std::filesystem::exists(eval / "train_metrics.png"));
}

TEST(HistoryFiles, AreCutBackToTheEpochsOfAResumedRun) {
  const TemporaryFolder folder;
  const auto write_epochs = [&](std::vector<EpochResult> history, int first, int last) {
    HistoryFiles callback({folder.path(), folder.path() / "history.json"}, "dice",
                          [](const std::string& text) { FAIL() << text; });
    TrainControl control(0.001);
    callback.on_train_begin(history, control);
    for (int epoch = first; epoch < last; ++epoch)
      callback.on_epoch_end(some_epoch(epoch), control);
    return read_file(folder.path() / "train_losses.csv") +
           read_file(folder.path() / "train_metrics.csv") +
           read_file(folder.path() / "history.json");
  };
  const std::string two_epochs = write_epochs({}, 0, 2);
  const std::string three_epochs = write_epochs({}, 0, 3);
  EXPECT_EQ(write_epochs({some_epoch(0), some_epoch(1)}, 2, 2), two_epochs);
  EXPECT_EQ(write_epochs({some_epoch(0), some_epoch(1)}, 2, 3), three_epochs);
}

TEST(HistoryFiles, WarnOfACurveThatCannotBeWritten) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder.path() / "train_losses.png" / "in the way");
  std::vector<std::string> warnings;
  HistoryFiles callback({folder.path(), folder.path() / "history.json"}, "dice",
                        [&](const std::string& text) { warnings.push_back(text); });
  TrainControl control(0.001);
  callback.on_epoch_end(some_epoch(0), control);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings[0].find("train_losses.png"), std::string::npos);
}

// Epochs that end when the test says so.
class CurvesTest : public testing::Test {
 protected:
  void end_epoch_at(double seconds) {
    now_ = std::chrono::steady_clock::time_point(
        std::chrono::round<std::chrono::steady_clock::duration>(
            std::chrono::duration<double>(seconds)));
    callback_.on_epoch_end(some_epoch(epoch_++), control_);
  }
  // Whether the curves were drawn since this was called last.
  bool were_drawn() {
    const bool losses = std::filesystem::remove(folder_.path() / "train_losses.png");
    EXPECT_EQ(std::filesystem::remove(folder_.path() / "train_metrics.png"), losses);
    return losses;
  }
  std::size_t rows_in_table() const {
    const std::string table = read_file(folder_.path() / "train_losses.csv");
    return static_cast<std::size_t>(std::count(table.begin(), table.end(), '\n')) - 1;
  }

  const TemporaryFolder folder_;
  std::chrono::steady_clock::time_point now_;
  HistoryFiles callback_{{folder_.path(), folder_.path() / "history.json"},
                         "dice",
                         [](const std::string& text) { FAIL() << text; },
                         [this] { return now_; }};
  TrainControl control_{0.001};
  int epoch_ = 0;
};

TEST_F(CurvesTest, AreDrawnEveryTwoSecondsAtMost) {
  const std::pair<double, bool> epochs[] = {{100, true},    {101.5, false}, {101.9, false},
                                            {102.0, true},  {103.9, false}, {104.5, true},
                                            {106.4, false}, {106.5, true}};
  for (const auto& [seconds, drawn] : epochs) {
    end_epoch_at(seconds);
    EXPECT_EQ(were_drawn(), drawn) << seconds;
    EXPECT_EQ(rows_in_table(), static_cast<std::size_t>(epoch_)) << "the numbers never wait";
  }
}

TEST_F(CurvesTest, ShowAllEpochsWhenTrainingEnds) {
  end_epoch_at(100);
  end_epoch_at(101);
  EXPECT_TRUE(were_drawn());
  callback_.on_train_end();
  EXPECT_TRUE(were_drawn());
}

TEST_F(CurvesTest, AreNotDrawnTwiceWithTheSameEpochs) {
  callback_.on_train_end();
  EXPECT_FALSE(were_drawn()) << "there is no epoch";
  end_epoch_at(100);
  EXPECT_TRUE(were_drawn());
  callback_.on_train_end();
  EXPECT_FALSE(were_drawn());
}

TEST(HistoryFiles, FailWhenTheNumbersCannotBeWritten) {
  const TemporaryFolder folder;
  const auto file = folder.write("a file", "");
  HistoryFiles callback({file / "eval", folder.path() / "history.json"}, "dice",
                        [](const std::string&) {});
  TrainControl control(0.001);
  EXPECT_THROW(callback.on_train_begin({}, control), OutputError) << "before the first epoch";
  EXPECT_THROW(callback.on_epoch_end(some_epoch(0), control), OutputError);
}

}  // namespace
}  // namespace flexunet
