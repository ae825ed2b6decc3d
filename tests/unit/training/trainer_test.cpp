#include "flexunet/training/trainer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <csignal>
#include <functional>
#include <future>
#include <limits>
#include <set>
#include <utility>

#include "flexunet/base/background_task.h"
#include "flexunet/base/error.h"
#include "flexunet/base/interrupt.h"
#include "flexunet/inference/evaluate.h"
#include "support/broken_dataset.h"
#include "support/toy_dataset.h"
#include "unit/training/recorder.h"

namespace flexunet {
namespace {

TrainerOptions toy_options(int epochs) {
  TrainerOptions options;
  options.train.epochs = epochs;
  options.train.batch_size = 4;
  options.optimizer.learning_rate = 0.01;
  return options;
}

struct TrainedRun {
  TrainSummary summary;
  std::vector<EpochResult> epochs;
  std::vector<BatchResult> batches;
  FlexUNet model{nullptr};
};

TrainedRun train(
    const TrainerOptions& options,
    std::function<void(const EpochResult&, TrainControl&)> react = [](const auto&, auto&) {}) {
  TrainedRun run;
  run.model = FlexUNet(toy_network(16), options.seed);
  auto recorder = std::make_unique<Recorder>();
  recorder->react = std::move(react);
  const Recorder& record = *recorder;
  Callbacks callbacks;
  callbacks.push_back(std::move(recorder));
  Trainer trainer(run.model, options, torch::kCPU);
  run.summary = trainer.fit(toy_dataset(10, 16), toy_dataset(3, 16), callbacks);
  run.epochs = record.epochs;
  run.batches = record.batches;
  return run;
}

TEST(Trainer, LearnsAndRemembersTheBestEpoch) {
  const TrainedRun run = train(toy_options(8));
  ASSERT_EQ(run.epochs.size(), 8U);
  EXPECT_LT(run.epochs.back().loss, 0.5 * run.epochs.front().loss);
  double best = std::numeric_limits<double>::infinity();
  int best_epoch = -1;
  for (const EpochResult& epoch : run.epochs) {
    if (epoch.val_loss < best) {
      best = epoch.val_loss;
      best_epoch = epoch.epoch;
    }
    EXPECT_EQ(epoch.images, 10U);  // the short last batch of two is kept
  }
  EXPECT_EQ(run.summary.best_epoch, best_epoch);
  EXPECT_EQ(run.summary.best_value, best);
  EXPECT_EQ(run.summary.epochs, 8);
  EXPECT_EQ(run.summary.stop_reason, "all epochs are done");
}

// Writes the order of what it sees into a list that two of them may share.
class OrderRecorder : public Callback {
 public:
  OrderRecorder(std::string name, std::vector<std::string>& order)
      : name_(std::move(name)), order_(order) {}
  std::function<void(const BatchResult&)> at_batch = [](const auto&) {};
  std::function<void()> write = [] {};

  void on_batch_end(const BatchResult& result) override {
    if (result.batch + 1 == result.batches) add("last batch");
    at_batch(result);
  }
  void wait_for_writes() override {
    add("wait");
    write();
  }
  void on_epoch_end(const EpochResult&, TrainControl&) override { add("epoch end"); }
  void on_train_end() override { add("train end"); }

 private:
  void add(const std::string& what) { order_.push_back(name_ + " " + what); }

  std::string name_;
  std::vector<std::string>& order_;
};

class OrderOfCallbacks : public testing::Test {
 protected:
  void fit(int epochs) {
    Trainer trainer(FlexUNet(toy_network(16), 1), toy_options(epochs), torch::kCPU);
    trainer.fit(toy_dataset(4, 16), toy_dataset(3, 16), callbacks_);
  }
  OrderRecorder& add(const std::string& name) {
    callbacks_.push_back(std::make_unique<OrderRecorder>(name, order_));
    return static_cast<OrderRecorder&>(*callbacks_.back());
  }

  std::vector<std::string> order_;
  Callbacks callbacks_;
};

using Names = std::vector<std::string>;
const Names kWholeEpoch = {"a last batch", "b last batch", "a wait",
                           "b wait",       "a epoch end",  "b epoch end"};
const Names kEnd = {"a wait", "b wait", "a train end", "b train end"};

Names joined(const std::vector<Names>& parts) {
  Names all;
  for (const Names& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

TEST_F(OrderOfCallbacks, AllWaitForTheirFilesBeforeAnySeesTheEndOfAnEpoch) {
  add("a");
  add("b");
  fit(2);
  EXPECT_EQ(order_, joined({kWholeEpoch, kWholeEpoch, kEnd}));
}

TEST_F(OrderOfCallbacks, ASignalWaitsForTheFilesOfTheEpochBefore) {
  add("a").at_batch = [](const BatchResult& result) {
    if (result.epoch == 1) ::raise(SIGTERM);
  };
  add("b");
  const InterruptHandler handler;
  EXPECT_THROW(fit(3), Interrupted);
  EXPECT_EQ(order_, joined({kWholeEpoch, {"a last batch", "b last batch"}, kEnd}));
}

// The epoch is not saved: it must not count as completed.
TEST_F(OrderOfCallbacks, ASignalWhileFilesAreWaitedForEndsTheRunBeforeTheEpochIsCompleted) {
  add("a");
  add("b").write = [was_raised = false]() mutable {
    if (!std::exchange(was_raised, true)) ::raise(SIGTERM);
  };
  const InterruptHandler handler;
  EXPECT_THROW(fit(2), Interrupted);
  EXPECT_EQ(order_, joined({{"a last batch", "b last batch", "a wait", "b wait"}, kEnd}));
}

TEST_F(OrderOfCallbacks, AnErrorWaitsForTheFilesOfTheEpochBefore) {
  add("a").at_batch = [](const BatchResult& result) {
    if (result.epoch == 1) throw DataError("a sample");
  };
  add("b");
  EXPECT_THROW(fit(3), DataError);
  EXPECT_EQ(order_, joined({kWholeEpoch, {"a last batch"}, kEnd}));
}

TEST_F(OrderOfCallbacks, AFileThatCannotBeWrittenCountsMoreThanASignal) {
  add("a").at_batch = [](const BatchResult&) { ::raise(SIGTERM); };
  add("b").write = [] { throw OutputError("models/last: disk full"); };
  const InterruptHandler handler;
  EXPECT_THROW(fit(2), OutputError);
  EXPECT_EQ(order_, joined({{"a last batch", "b last batch"}, kEnd}));
}

// What it writes after the first epoch takes until the second one has seen a batch.
class SlowWriter : public Callback {
 public:
  bool written_before_second_end = false;

  void on_batch_end(const BatchResult& result) override {
    if (result.epoch == 1) next_epoch_began_.set_value();
  }
  void wait_for_writes() override { task_.wait(); }
  void on_epoch_end(const EpochResult& result, TrainControl&) override {
    if (result.epoch > 0) {
      written_before_second_end = written_;
      return;
    }
    task_.start([this] {
      next_epoch_began_.get_future().wait();
      written_ = true;
    });
  }

 private:
  bool written_ = false;
  std::promise<void> next_epoch_began_;
  BackgroundTask task_;
};

TEST(Trainer, BeginsAnEpochWhileFilesOfTheOneBeforeAreWritten) {
  TrainerOptions options = toy_options(2);
  options.train.steps_per_epoch = 1;
  Callbacks callbacks;
  callbacks.push_back(std::make_unique<SlowWriter>());
  Trainer trainer(FlexUNet(toy_network(16), 1), options, torch::kCPU);
  trainer.fit(toy_dataset(4, 16), toy_dataset(3, 16), callbacks);
  EXPECT_TRUE(static_cast<SlowWriter&>(*callbacks.front()).written_before_second_end);
}

TEST(Trainer, GivesTheSameNumbersFromTheSameSeed) {
  TrainerOptions options = toy_options(2);
  const TrainedRun first = train(options);
  const TrainedRun second = train(options);
  options.seed = 138;
  const TrainedRun other = train(options);
  EXPECT_EQ(first.epochs[1].loss, second.epochs[1].loss);
  EXPECT_EQ(first.epochs[1].val_loss, second.epochs[1].val_loss);
  EXPECT_NE(first.epochs[1].loss, other.epochs[1].loss);
}

TEST(Trainer, TakesAsManyStepsAsItIsTold) {
  TrainerOptions options = toy_options(2);  // 10 samples in batches of 4
  options.train.steps_per_epoch = 6;
  EXPECT_EQ(train(options).epochs[1].images, 24U);
  options.train.steps_per_epoch = 1;
  EXPECT_EQ(train(options).epochs[1].images, 4U);
}

TEST(Trainer, ValidatesOnTheFirstBatchesAlone) {
  const auto val_loss = [](std::optional<int> steps, const Dataset& valid) {
    TrainerOptions options = toy_options(1);
    options.train.validation_steps = steps;
    Callbacks callbacks;
    callbacks.push_back(std::make_unique<Recorder>());
    Trainer trainer(FlexUNet(toy_network(16)), options, torch::kCPU);
    trainer.fit(toy_dataset(4, 16), valid, callbacks);
    return static_cast<Recorder&>(*callbacks.front()).epochs.at(0).val_loss;
  };
  std::vector<Sample> samples = toy_samples(10, 16);
  const double all = val_loss(std::nullopt, memory_dataset(samples));
  EXPECT_EQ(val_loss(3, memory_dataset(samples)), all);
  EXPECT_EQ(val_loss(50, memory_dataset(samples)), all);
  samples.resize(4);
  const double first = val_loss(std::nullopt, memory_dataset(samples));
  EXPECT_NE(first, all);
  EXPECT_EQ(val_loss(1, toy_dataset(10, 16)), first);
}

TEST(Trainer, ReportsTheLastBatchOfEveryEpoch) {
  const TrainedRun run = train(toy_options(2));
  ASSERT_GE(run.batches.size(), 2U);
  EXPECT_EQ(run.batches.back().batch + 1, run.batches.back().batches);
  EXPECT_EQ(run.batches.back().batches, 3U);
  EXPECT_EQ(run.batches.back().images, 10U);
  EXPECT_DOUBLE_EQ(run.batches.back().loss, run.epochs.back().loss);
}

TEST(Trainer, UsesTheLearningRateThatACallbackSet) {
  const TrainedRun run =
      train(toy_options(3), [](const EpochResult& result, TrainControl& control) {
        control.set_learning_rate(result.epoch == 0 ? 0.0 : 0.005);
      });
  EXPECT_EQ(run.epochs[0].learning_rate, 0.01);
  EXPECT_EQ(run.epochs[1].learning_rate, 0.0);
  EXPECT_EQ(run.epochs[1].val_loss, run.epochs[0].val_loss);  // nothing was learnt at rate 0
  EXPECT_EQ(run.epochs[2].learning_rate, 0.005);
  EXPECT_NE(run.epochs[2].val_loss, run.epochs[1].val_loss);
}

TEST(Trainer, StartsWithTheLearningRateThatACallbackSet) {
  FlexUNet model(toy_network(16));
  Callbacks callbacks;
  callbacks.push_back(std::make_unique<Recorder>());
  auto& recorder = static_cast<Recorder&>(*callbacks.front());
  recorder.first_learning_rate = 0.25;
  Trainer trainer(model, toy_options(1), torch::kCPU);
  trainer.fit(toy_dataset(2, 16), toy_dataset(2, 16), callbacks);
  EXPECT_EQ(recorder.epochs.at(0).learning_rate, 0.25);
}

TEST(Trainer, CallsTheBestEpochByTheMonitor) {
  TrainerOptions options = toy_options(4);
  options.train.monitor = MonitorKind::kLoss;
  // Without learning, dropout alone makes the losses differ.
  options.optimizer.learning_rate = 1e-12;
  const TrainedRun run = train(options);
  const auto lowest =
      std::min_element(run.epochs.begin(), run.epochs.end(),
                       [](const auto& a, const auto& b) { return a.loss < b.loss; });
  EXPECT_EQ(run.summary.best_epoch, lowest->epoch);
  EXPECT_EQ(run.summary.best_value, lowest->loss);
}

// A network that learns nothing sees each variant's loss: that of training changes, that of
// validation does not.
TEST(Trainer, AugmentsTrainingSamplesAnewEveryEpochAndNeverValidation) {
  TrainerOptions options = toy_options(6);
  options.optimizer.learning_rate = 1e-30;
  NetworkOptions network = toy_network(16);
  network.dropout_rate = 0;
  const auto epochs_of = [&](const AugmentationOptions& augmentation) {
    options.augmentation = augmentation;
    FlexUNet model(network);
    Callbacks callbacks;
    callbacks.push_back(std::make_unique<Recorder>());
    Trainer trainer(model, options, torch::kCPU);
    trainer.fit(toy_dataset(4, 16), toy_dataset(3, 16), callbacks);
    return static_cast<Recorder&>(*callbacks.front()).epochs;
  };
  const AugmentationOptions flips{{Flip{}}};
  std::set<double> losses;
  std::set<double> val_losses;
  for (const EpochResult& epoch : epochs_of(flips)) {
    losses.insert(std::round(epoch.loss * 1e6));
    val_losses.insert(epoch.val_loss);
  }
  EXPECT_GT(losses.size(), 1U);
  EXPECT_EQ(val_losses.size(), 1U);
  std::set<double> losses_without;
  for (const EpochResult& epoch : epochs_of({})) {
    losses_without.insert(std::round(epoch.loss * 1e6));
  }
  EXPECT_EQ(losses_without.size(), 1U);
  EXPECT_EQ(epochs_of(flips)[3].loss, epochs_of(flips)[3].loss);
}

TEST(Trainer, GivesTheSameNumbersWithAnyNumberOfLoaderThreads) {
  TrainerOptions options = toy_options(2);
  options.augmentation.variants = {Flip{}, Rotation{90}, Deformation{}, Noise{}};
  const TrainedRun one = train(options);
  for (const int workers : {1, 3}) {
    options.loader_workers = workers;
    const TrainedRun other = train(options);
    EXPECT_EQ(other.epochs[1].loss, one.epochs[1].loss) << workers;
    EXPECT_EQ(other.epochs[1].val_loss, one.epochs[1].val_loss) << workers;
  }
}

TEST(Trainer, TellsHowLongItWaitedForData) {
  for (const EpochResult& epoch : train(toy_options(2)).epochs) {
    EXPECT_GT(epoch.waiting_seconds, 0.0);
    EXPECT_LT(epoch.waiting_seconds, epoch.seconds);
  }
}

TEST(Trainer, EndsWithTheErrorOfASampleThatCannotBeRead) {
  TrainerOptions options = toy_options(3);
  for (const int workers : {0, 2}) {
    options.loader_workers = workers;
    const Dataset whole = toy_dataset(10, 16);
    const Dataset broken = broken_dataset(toy_samples(10, 16), 4);
    for (const bool in_validation : {false, true}) {
      Trainer trainer(FlexUNet(toy_network(16)), options, torch::kCPU);
      try {
        trainer.fit(in_validation ? whole : broken, in_validation ? broken : whole, {});
        ADD_FAILURE() << "no error";
      } catch (const DataError& error) {
        EXPECT_EQ(std::string(error.what()), "bad/4.png: unreadable");
      }
      EXPECT_TRUE(trainer.state().epochs.empty());
    }
  }
}

TEST(Trainer, StopsWhenACallbackSaysSo) {
  const TrainedRun run =
      train(toy_options(9), [](const EpochResult& result, TrainControl& control) {
        if (result.epoch == 1) control.stop("enough");
      });
  EXPECT_EQ(run.epochs.size(), 2U);
  EXPECT_EQ(run.summary.stop_reason, "enough");
}

TEST(Trainer, RefusesToGoOnWithALossThatIsNoNumber) {
  TrainerOptions options = toy_options(3);
  options.optimizer.learning_rate = 1e30;
  try {
    train(options);
    FAIL() << "no error";
  } catch (const TrainingError& error) {
    EXPECT_NE(std::string(error.what()).find("epoch 1"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("learning rate 1e+30"), std::string::npos);
  }
}

}  // namespace
}  // namespace flexunet
