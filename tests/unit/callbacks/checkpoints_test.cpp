#include "flexunet/callbacks/checkpoints.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <future>
#include <iterator>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/checkpoint/weights.h"
#include "support/epochs.h"
#include "support/temporary_folder.h"
#include "support/tiny_network.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

class CheckpointsTest : public testing::Test {
 protected:
  // A callback of its own for each run; none of them trains.
  Checkpoints make(Monitor monitor = {}) {
    return {trainer_,
            {folder(),
             {{"everywhere", "1"}},
             {{"last_alone", "2"}},
             monitor,
             [this](const std::string& text) { warnings_.push_back(text); }}};
  }
  void change_network() {
    const torch::NoGradGuard no_grad;
    for (torch::Tensor& parameter : trainer_.model()->parameters()) parameter.add_(0.5);
  }
  // Changes the network, so that the files of two epochs differ.
  void run_epoch(Checkpoints& callback, const EpochResult& result) {
    change_network();
    callback.on_epoch_end(result, control_);
    callback.wait_for_writes();
  }
  void run_epochs(Checkpoints& callback, const std::vector<double>& val_losses) {
    for (const EpochResult& epoch : epochs_with_val_losses(val_losses)) run_epoch(callback, epoch);
  }
  void resume(const std::vector<double>& val_losses) {
    Checkpoints callback = make();
    callback.on_train_begin(epochs_with_val_losses(val_losses), control_);
  }
  // What is written of an epoch when nothing goes on beside.
  std::string checkpoint_of(const EpochResult& result) {
    Checkpoints callback = make();
    callback.on_epoch_end(result, control_);
    callback.wait_for_writes();
    return read_file(folder() / kLastCheckpointFile);
  }
  fs::path folder() const { return folder_.path(); }
  // A file that is written to a pipe is written as fast as it is read. Its flush fails in the end.
  fs::path make_pipe_of(const char* name) const {
    const fs::path pipe = folder() / ("." + std::string(name) + ".tmp");
    EXPECT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    return pipe;
  }
  std::string epoch_of(const char* name) const {
    return SafetensorsFile::read(folder() / name).metadata().at("epoch");
  }
  // Whether the file holds the network as it is.
  bool holds_the_network(const char* name) {
    FlexUNet read(tiny_network());
    load_weights(folder() / name, read);
    return torch::equal(read->parameters()[0], trainer_.model()->parameters()[0]);
  }

  TemporaryFolder folder_;
  Trainer trainer_{FlexUNet(tiny_network()), {}, torch::kCPU};
  TrainControl control_{0.001};
  std::vector<std::string> warnings_;
};

TEST_F(CheckpointsTest, KeepTheBestEpochTheLastAndTheOneBefore) {
  Checkpoints callback = make();
  run_epochs(callback, {0.9, 0.5, 0.5, 0.7});
  EXPECT_EQ(epoch_of(kBestModelFile), "1");  // an equal val_loss is no improvement
  EXPECT_EQ(SafetensorsFile::read(folder() / kBestModelFile).metadata().at("val_loss"), "0.5");
  EXPECT_EQ(epoch_of(kLastCheckpointFile), "3");
  EXPECT_EQ(epoch_of(kPreviousCheckpointFile), "2");
  EXPECT_TRUE(holds_the_network(kLastCheckpointFile));
  EXPECT_FALSE(holds_the_network(kPreviousCheckpointFile));
}

TEST_F(CheckpointsTest, KeepTheBestEpochByTheMonitor) {
  Checkpoints callback = make({MonitorKind::kValForegroundDice, MetricKind::kDiceCoefMulticlass});
  const double dice[] = {0.25, 0.5, 0.375};
  for (int epoch = 0; epoch < 3; ++epoch) {
    EpochResult result = epoch_with_val_loss(epoch, 0.5 - 0.1 * epoch);
    result.val_foreground_dice = dice[epoch];
    run_epoch(callback, result);
  }
  EXPECT_EQ(epoch_of(kBestModelFile), "1");
  EXPECT_EQ(SafetensorsFile::read(folder() / kBestModelFile).metadata().at("val_foreground_dice"),
            "0.5");
}

TEST_F(CheckpointsTest, TellTheRunThatMadeThem) {
  Checkpoints callback = make();
  run_epochs(callback, {0.9});
  const SafetensorsFile best = SafetensorsFile::read(folder() / kBestModelFile);
  const SafetensorsFile last = SafetensorsFile::read(folder() / kLastCheckpointFile);
  EXPECT_EQ(best.metadata().at("everywhere"), "1");
  EXPECT_EQ(last.metadata().at("everywhere"), "1");
  EXPECT_EQ(best.metadata().count("last_alone"), 0U);
  EXPECT_EQ(last.metadata().at("last_alone"), "2");
  EXPECT_EQ(best.tensors().count("optimizer.first_moment.head.weight"), 0U);
  EXPECT_EQ(last.tensors().count("optimizer.first_moment.head.weight"), 1U);
}

TEST_F(CheckpointsTest, DoNotTouchTheBestModelOfAResumedRun) {
  Checkpoints callback = make();
  run_epochs(callback, {0.9, 0.5, 0.7});
  const std::string best = read_file(folder() / kBestModelFile);
  resume({0.9, 0.5, 0.7});
  EXPECT_EQ(read_file(folder() / kBestModelFile), best);
  Checkpoints resumed = make();
  resumed.on_train_begin(epochs_with_val_losses({0.9, 0.5, 0.7}), control_);
  run_epoch(resumed, epoch_with_val_loss(3, 0.6));
  EXPECT_EQ(read_file(folder() / kBestModelFile), best) << "0.6 is no better than 0.5";
  EXPECT_TRUE(warnings_.empty());
}

// A kill between the two files.
TEST_F(CheckpointsTest, WriteTheBestModelThatAKillLeftUndone) {
  Checkpoints callback = make();
  run_epochs(callback, {0.9});
  const std::string before = read_file(folder() / kBestModelFile);
  run_epoch(callback, epoch_with_val_loss(1, 0.5));
  const std::string after = read_file(folder() / kBestModelFile);
  write_file(folder() / kBestModelFile, before);
  resume({0.9, 0.5});
  EXPECT_EQ(read_file(folder() / kBestModelFile), after);
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(CheckpointsTest, ReplaceABestModelThatIsLost) {
  Checkpoints callback = make();
  run_epochs(callback, {0.9, 0.5, 0.7});
  std::string damaged = read_file(folder() / kBestModelFile);
  damaged.back() = static_cast<char>(damaged.back() ^ 1);
  write_file(folder() / kBestModelFile, damaged);
  Checkpoints resumed = make();
  resumed.on_train_begin(epochs_with_val_losses({0.9, 0.5, 0.7}), control_);
  ASSERT_EQ(warnings_.size(), 1U);
  EXPECT_NE(warnings_[0].find("checksum"), std::string::npos) << warnings_[0];
  EXPECT_NE(warnings_[0].find("epoch 3 takes its place"), std::string::npos) << warnings_[0];
  EXPECT_EQ(epoch_of(kBestModelFile), "2");
  run_epoch(resumed, epoch_with_val_loss(3, 0.6));
  EXPECT_EQ(epoch_of(kBestModelFile), "3") << "0.6 is better than the 0.7 that took its place";
}

TEST_F(CheckpointsTest, LeaveTheBestModelWholeWhenTheLastCannotBeWritten) {
  Checkpoints callback = make();
  run_epochs(callback, {0.9});
  const std::string best = read_file(folder() / kBestModelFile);
  fs::create_directories(folder() / ".last_checkpoint.safetensors.tmp");
  try {
    run_epoch(callback, epoch_with_val_loss(1, 0.5));
    FAIL() << "no error";
  } catch (const OutputError& error) {
    EXPECT_NE(std::string(error.what()).find((folder() / kLastCheckpointFile).string()),
              std::string::npos)
        << error.what();
  }
  EXPECT_EQ(read_file(folder() / kBestModelFile), best);
  EXPECT_EQ(epoch_of(kLastCheckpointFile), "0");
}

std::string read_pipe(const fs::path& pipe) {
  std::ifstream stream(pipe, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST_F(CheckpointsTest, AreWrittenOfTheEpochThatEndedWhileTheNextOneRuns) {
  const std::string expected = checkpoint_of(epoch_with_val_loss(0, 0.5));
  const fs::path pipe = make_pipe_of(kLastCheckpointFile);
  Checkpoints callback = make();
  callback.on_epoch_end(epoch_with_val_loss(0, 0.5), control_);
  change_network();
  callback.on_batch_end({});
  EXPECT_TRUE(read_pipe(pipe) == expected);
  EXPECT_THROW(callback.wait_for_writes(), OutputError);
}

TEST_F(CheckpointsTest, KeepTheCopyUntilItIsWritten) {
  const std::string expected = checkpoint_of(epoch_with_val_loss(0, 0.5));
  const fs::path pipe = make_pipe_of(kLastCheckpointFile);
  Checkpoints callback = make();
  callback.on_epoch_end(epoch_with_val_loss(0, 0.5), control_);
  change_network();
  std::future<std::string> reader = std::async(std::launch::async, read_pipe, pipe);
  EXPECT_THROW(callback.on_epoch_end(epoch_with_val_loss(1, 0.4), control_), OutputError)
      << "the error of the epoch before";
  EXPECT_TRUE(reader.get() == expected);
}

TEST_F(CheckpointsTest, EndTheEpochInWhichAnErrorHappens) {
  fs::create_directories(folder() / ".best_model.safetensors.tmp");
  Checkpoints callback = make();
  callback.on_epoch_end(epoch_with_val_loss(0, 0.5), control_);
  const auto run_until_it_throws = [&] {
    while (true) callback.on_batch_end({});
  };
  try {
    run_until_it_throws();
  } catch (const OutputError& error) {
    EXPECT_NE(std::string(error.what()).find((folder() / kBestModelFile).string()),
              std::string::npos)
        << error.what();
  }
  EXPECT_EQ(epoch_of(kLastCheckpointFile), "0");
}

TEST_F(CheckpointsTest, AreWholeWhenTheirOwnerIsGone) {
  make().on_epoch_end(epoch_with_val_loss(0, 0.5), control_);
  EXPECT_TRUE(holds_the_network(kLastCheckpointFile));
  EXPECT_TRUE(holds_the_network(kBestModelFile));
}

}  // namespace
}  // namespace flexunet
