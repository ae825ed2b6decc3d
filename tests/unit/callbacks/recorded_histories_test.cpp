// Replays the trainings that were recorded with the original's callbacks.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <vector>

#include "flexunet/callbacks/early_stopping.h"
#include "flexunet/callbacks/learning_rate_reducer.h"
#include "support/epochs.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

const fs::path kHistories = fs::path(FLEXUNET_SOURCE_DIR) / "../shared/histories";

// Two projects' recordings name another factor than the one they were made with
// (docs/behaviour.md, "Learning rate and early stopping").
double factor_of(const nlohmann::json& record) {
  const std::string project = record.at("project");
  const bool misnamed = project.find("Pardoe") == 0 || project.find("UTSW") == 0;
  return misnamed ? 0.3 : record.at("reducer_factor").get<double>();
}

struct Recording {
  explicit Recording(const nlohmann::json& record)
      : val_losses(record.at("val_loss").get<std::vector<double>>()),
        rates(record.at("lr").get<std::vector<double>>()),
        factor(factor_of(record)),
        reducer_patience(record.at("effective_reducer_patience")),
        stopping_patience(record.at("early_stopping_patience")),
        epochs(record.at("epochs")) {}
  std::vector<double> val_losses;
  std::vector<double> rates;
  double factor;
  int reducer_patience;
  int stopping_patience;
  std::size_t epochs;
};

// Goes through the epochs from `first`, those before being the history of a run that is resumed.
void replay(const Recording& recording, std::size_t first) {
  LearningRateReducer reducer(recording.factor, recording.reducer_patience);
  EarlyStopping stopping(recording.stopping_patience);
  TrainControl control(recording.rates.at(first));
  const auto history_end = recording.val_losses.begin() + static_cast<std::ptrdiff_t>(first);
  const auto history = epochs_with_val_losses({recording.val_losses.begin(), history_end});
  reducer.on_train_begin(history, control);
  stopping.on_train_begin(history, control);
  std::size_t epoch = first;
  while (epoch < recording.epochs && !control.stop_reason()) {
    ASSERT_LT(epoch, recording.val_losses.size()) << "the original had stopped";
    ASSERT_NEAR(control.learning_rate() / recording.rates.at(epoch), 1.0, 1e-6) << epoch;
    const EpochResult result =
        epoch_with_val_loss(static_cast<int>(epoch), recording.val_losses[epoch]);
    reducer.on_epoch_end(result, control);
    stopping.on_epoch_end(result, control);
    ++epoch;
  }
  EXPECT_EQ(epoch, recording.val_losses.size()) << "the original went on";
}

TEST(RecordedHistories, GiveTheRecordedLearningRatesAndLengthsFromEveryEpochOn) {
  if (!fs::exists(kHistories)) GTEST_SKIP() << "no recorded histories in " << kHistories;
  int replayed = 0;
  for (const auto& entry : fs::directory_iterator(kHistories)) {
    std::ifstream stream(entry.path());
    const Recording recording(nlohmann::json::parse(stream));
    for (std::size_t first = 0; first < recording.val_losses.size(); ++first) {
      SCOPED_TRACE(entry.path().filename().string() + " from epoch " + std::to_string(first));
      replay(recording, first);
    }
    ++replayed;
  }
  EXPECT_EQ(replayed, 81);
}

}  // namespace
}  // namespace flexunet
