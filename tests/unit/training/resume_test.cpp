#include <gtest/gtest.h>

#include <csignal>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/interrupt.h"
#include "flexunet/checkpoint/weights.h"
#include "flexunet/training/trainer.h"
#include "support/temporary_folder.h"
#include "support/toy_dataset.h"
#include "unit/training/recorder.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

constexpr int kSize = 16;

TrainerOptions toy_options(int epochs) {
  TrainerOptions options;
  options.train.epochs = epochs;
  options.train.batch_size = 4;
  options.optimizer.learning_rate = 0.01;
  options.augmentation.variants = {Flip{}, Deformation{}};
  return options;
}

NetworkOptions normalised_network() {
  NetworkOptions network = toy_network(kSize);
  network.normalization = NormalizationKind::kBatch;
  return network;
}

// A trainer with a recorder that saves the run after every epoch.
class SavingRun {
 public:
  SavingRun(const TrainerOptions& options, fs::path folder)
      : trainer(FlexUNet(normalised_network(), options.seed), options, torch::kCPU),
        folder_(std::move(folder)) {
    callbacks_.push_back(std::make_unique<Recorder>());
    recorder().react = [this](const EpochResult& result, TrainControl& control) {
      react(result, control);
      trainer.save(file(result.epoch), {});
    };
  }
  TrainSummary fit() {
    return trainer.fit(toy_dataset(10, kSize), toy_dataset(3, kSize), callbacks_);
  }
  fs::path file(int epoch) const { return folder_ / std::to_string(epoch); }
  Recorder& recorder() const { return static_cast<Recorder&>(*callbacks_.front()); }

  Trainer trainer;
  std::function<void(const EpochResult&, TrainControl&)> react = [](const auto&, auto&) {};

 private:
  fs::path folder_;
  Callbacks callbacks_;
};

TEST(Resume, FromEveryEpochGivesTheSameBytes) {
  const TemporaryFolder folder;
  const auto reduce = [](const EpochResult& result, TrainControl& control) {
    if (result.epoch == 1) control.set_learning_rate(0.1 * control.learning_rate());
  };
  SavingRun whole(toy_options(4), folder.path() / "whole");
  whole.react = reduce;
  whole.fit();
  for (int epoch = 0; epoch < 3; ++epoch) {
    SavingRun resumed(toy_options(4), folder.path() / "resumed" / std::to_string(epoch));
    resumed.react = reduce;
    resumed.trainer.resume(SafetensorsFile::read(whole.file(epoch)));
    const TrainSummary summary = resumed.fit();
    EXPECT_EQ(resumed.recorder().history.size(), static_cast<std::size_t>(epoch + 1));
    EXPECT_EQ(resumed.recorder().epochs.size(), static_cast<std::size_t>(3 - epoch));
    for (int later = epoch + 1; later < 4; ++later) {
      EXPECT_TRUE(read_file(resumed.file(later)) == read_file(whole.file(later)))
          << "epoch " << later << " after a resume from " << epoch;
    }
    EXPECT_EQ(summary.epochs, 4);
  }
}

TEST(RunCopy, IsSavedAsTheRunStoodWhenItWasTaken) {
  const TemporaryFolder folder;
  SavingRun run(toy_options(3), folder.path());
  RunCopy copy = run.trainer.copy();
  run.react = [&](const EpochResult& result, TrainControl&) {
    if (result.epoch == 2) return;
    FlexUNet model = run.trainer.model();
    save_weights(folder.path() / "weights", model, {{"epoch", "x"}});
    run.trainer.copy_to(copy);
  };
  run.fit();
  copy.save(folder.path() / "copy", {});
  EXPECT_TRUE(read_file(folder.path() / "copy") == read_file(run.file(1)));
  EXPECT_FALSE(read_file(folder.path() / "copy") == read_file(run.file(2)));
  copy.save_weights(folder.path() / "weights of the copy", {{"epoch", "x"}});
  EXPECT_TRUE(read_file(folder.path() / "weights of the copy") ==
              read_file(folder.path() / "weights"));
}

TEST(Resume, RemembersTheBestEpochOfBefore) {
  const TemporaryFolder folder;
  SavingRun first(toy_options(3), folder.path());
  const TrainSummary before = first.fit();
  TrainerOptions options = toy_options(3);
  SavingRun finished(options, folder.path() / "other");
  finished.trainer.resume(SafetensorsFile::read(first.file(2)));
  const TrainSummary after = finished.fit();
  EXPECT_EQ(after.best_epoch, before.best_epoch);
  EXPECT_EQ(after.best_value, before.best_value);
  EXPECT_TRUE(finished.recorder().epochs.empty()) << "nothing was left to do";
}

TEST(Resume, TakesALearningRateInPlaceOfTheStoredOne) {
  const TemporaryFolder folder;
  SavingRun first(toy_options(1), folder.path());
  first.fit();
  SavingRun second(toy_options(2), folder.path());
  second.trainer.resume(SafetensorsFile::read(first.file(0)));
  second.trainer.replace_learning_rate(0.125);
  second.fit();
  EXPECT_EQ(second.recorder().epochs.at(0).learning_rate, 0.125);
}

TEST(Resume, RefusesOtherFiles) {
  const TemporaryFolder folder;
  SavingRun run(toy_options(1), folder.path());
  run.fit();
  const auto refusal = [&](const fs::path& path, const NetworkOptions& network) -> std::string {
    Trainer trainer(FlexUNet(network, 1), toy_options(1), torch::kCPU);
    try {
      trainer.resume(SafetensorsFile::read(path));
    } catch (const CheckpointError& error) {
      return error.what();
    }
    return "not refused";
  };
  EXPECT_NE(refusal(run.file(0), toy_network(kSize)).find("tensors"), std::string::npos);
  const SafetensorsFile file = SafetensorsFile::read(run.file(0));
  StoredTensors weights_alone;
  for (const auto& [name, tensor] : file.tensors()) {
    if (name.rfind("optimizer.", 0) != 0) weights_alone[name] = tensor;
  }
  write_safetensors(folder.path() / "weights", weights_alone, file.metadata());
  EXPECT_NE(refusal(folder.path() / "weights", normalised_network()).find("optimizer.first_moment"),
            std::string::npos);
  write_safetensors(folder.path() / "stateless", file.tensors(), {});
  EXPECT_NE(refusal(folder.path() / "stateless", normalised_network()).find("no run to resume"),
            std::string::npos);
}

// Length, header, and the first and last byte of every tensor of a real run.
TEST(Resume, RefusesFlippedBitsInEveryRegionOfACheckpoint) {
  const TemporaryFolder folder;
  SavingRun run(toy_options(1), folder.path());
  run.fit();
  const std::string good = read_file(run.file(0));
  const SafetensorsFile file = SafetensorsFile::parse(good);
  std::size_t data_size = 0;
  for (const auto& [name, tensor] : file.tensors()) data_size += tensor.data.size();
  const std::size_t data_begin = good.size() - data_size;
  std::vector<std::size_t> bytes;
  for (std::size_t byte = 0; byte < data_begin; byte += byte < 8 ? 1 : 13) bytes.push_back(byte);
  std::size_t offset = data_begin;  // tensors lie in the order of their names
  for (const auto& [name, tensor] : file.tensors()) {
    bytes.push_back(offset);
    offset += tensor.data.size();
    bytes.push_back(offset - 1);
  }
  ASSERT_EQ(offset, good.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string bad = good;
    bad[bytes[i]] = static_cast<char>(bad[bytes[i]] ^ (1 << i % 8));
    EXPECT_THROW(SafetensorsFile::parse(bad), CheckpointError) << "byte " << bytes[i];
  }
}

TEST(Divergence, NamesEpochBatchFilesAndLearningRate) {
  std::vector<Sample> samples = toy_samples(10, kSize);
  for (Sample& sample : samples) sample.image_file = "images/" + sample.stem + ".png";
  const Dataset train = memory_dataset(samples);
  TrainerOptions options = toy_options(3);
  options.optimizer.learning_rate = 1e30;
  Trainer trainer(FlexUNet(toy_network(kSize), 1), options, torch::kCPU);
  try {
    trainer.fit(train, toy_dataset(3, kSize), {});
    FAIL() << "no error";
  } catch (const TrainingError& error) {
    const std::string message = error.what();
    // The first batch is finite: only its update is not.
    EXPECT_NE(message.find("epoch 1, batch 2 of 3"), std::string::npos) << message;
    EXPECT_NE(message.find("learning rate 1e+30"), std::string::npos) << message;
    const auto order = shuffled_order(10, options.seed, 0);
    for (std::size_t i = 4; i < 8; ++i) {
      EXPECT_NE(message.find("images/" + std::to_string(order[i]) + ".png"), std::string::npos)
          << message;
    }
    EXPECT_EQ(message.find("images/" + std::to_string(order[0]) + ".png"), std::string::npos)
        << message;
  }
}

// A run whose learning rate from the second epoch on is `rate`.
class RunWithRate : public SavingRun {
 public:
  RunWithRate(const TrainerOptions& options, const fs::path& folder, double rate)
      : SavingRun(options, folder) {
    react = [rate](const EpochResult& result, TrainControl& control) {
      if (result.epoch == 0) control.set_learning_rate(rate);
    };
  }
  bool diverges() {
    try {
      fit();
    } catch (const TrainingError&) {
      return true;
    }
    return false;
  }
};

TrainerOptions two_epochs(bool roll_back) {
  TrainerOptions options = toy_options(2);
  if (roll_back) options.train.on_divergence = DivergencePolicy::kRollback;
  return options;
}

// The run that comes back from a learning rate that is too high is the one that never tried it.
TEST(Rollback, RepeatsTheEpochWithHalfTheLearningRate) {
  const TemporaryFolder folder;
  double rate = 1;
  while (!RunWithRate(two_epochs(false), folder.path() / "search", 2 * rate).diverges()) rate *= 2;
  RunWithRate calm(two_epochs(false), folder.path() / "calm", rate);
  ASSERT_FALSE(calm.diverges());
  RunWithRate rolled_back(two_epochs(true), folder.path() / "rolled_back", 2 * rate);
  ASSERT_FALSE(rolled_back.diverges());
  ASSERT_EQ(rolled_back.recorder().rollbacks.size(), 1U);
  EXPECT_NE(rolled_back.recorder().rollbacks[0].find("epoch 2"), std::string::npos);
  EXPECT_NE(rolled_back.recorder().rollbacks[0].find("1 of 3"), std::string::npos);
  const SafetensorsFile expected = SafetensorsFile::read(calm.file(1));
  const SafetensorsFile actual = SafetensorsFile::read(rolled_back.file(1));
  for (const auto& [name, tensor] : expected.tensors()) {
    EXPECT_TRUE(actual.tensors().at(name).data == tensor.data) << name;
  }
  EXPECT_EQ(rolled_back.recorder().epochs[1].learning_rate, rate);
  EXPECT_EQ(rolled_back.trainer.state().rollbacks, 1);
  EXPECT_EQ(run_state_from_json(actual.metadata().at("run")).rollbacks, 1);
}

TEST(Rollback, GivesUpAfterThree) {
  const TemporaryFolder folder;
  RunWithRate run(two_epochs(true), folder.path(), 1e30);
  EXPECT_TRUE(run.diverges());
  EXPECT_EQ(run.recorder().rollbacks.size(), 3U);
  EXPECT_EQ(run.recorder().epochs.size(), 1U);
}

TEST(Rollback, HappensOnlyWhereItIsAskedFor) {
  const TemporaryFolder folder;
  RunWithRate run(two_epochs(false), folder.path(), 1e30);
  EXPECT_TRUE(run.diverges());
  EXPECT_TRUE(run.recorder().rollbacks.empty());
}

// Interrupts training from within an epoch.
class SignalAtBatch : public Callback {
 public:
  void on_batch_end(const BatchResult& result) override {
    if (result.epoch == 1) ::raise(SIGTERM);
  }
  void on_epoch_end(const EpochResult&, TrainControl&) override { ++epochs; }
  int epochs = 0;
};

TEST(Interrupt, EndsTrainingBetweenTwoBatches) {
  Trainer trainer(FlexUNet(toy_network(kSize), 1), toy_options(4), torch::kCPU);
  Callbacks callbacks;
  callbacks.push_back(std::make_unique<SignalAtBatch>());
  const InterruptHandler handler;
  EXPECT_THROW(trainer.fit(toy_dataset(10, kSize), toy_dataset(3, kSize), callbacks), Interrupted);
  EXPECT_EQ(static_cast<SignalAtBatch&>(*callbacks.front()).epochs, 1);
  EXPECT_EQ(trainer.state().epochs.size(), 1U);
}

}  // namespace
}  // namespace flexunet
