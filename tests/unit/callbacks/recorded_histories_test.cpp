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

// Two recordings name another factor than the one they were made with (behaviour section 7).
double factor_of(const nlohmann::json& record) {
  const std::string project = record.at("project");
  const bool misnamed = project.find("Pardoe") == 0 || project.find("UTSW") == 0;
  return misnamed ? 0.3 : record.at("reducer_factor").get<double>();
}

TEST(RecordedHistories, GiveTheRecordedLearningRatesAndLengths) {
  if (!fs::exists(kHistories)) GTEST_SKIP() << "no recorded histories in " << kHistories;
  int replayed = 0;
  for (const auto& entry : fs::directory_iterator(kHistories)) {
    SCOPED_TRACE(entry.path().filename().string());
    std::ifstream stream(entry.path());
    const nlohmann::json record = nlohmann::json::parse(stream);
    const auto val_losses = record.at("val_loss").get<std::vector<double>>();
    const auto rates = record.at("lr").get<std::vector<double>>();
    LearningRateReducer reducer(factor_of(record), record.at("effective_reducer_patience"));
    EarlyStopping stopping(record.at("early_stopping_patience"));
    TrainControl control(rates.at(0));
    const int epochs = record.at("epochs");
    std::size_t epoch = 0;
    while (epoch < static_cast<std::size_t>(epochs) && !control.stop_reason()) {
      ASSERT_LT(epoch, val_losses.size()) << "the original had stopped";
      EXPECT_NEAR(control.learning_rate() / rates.at(epoch), 1.0, 1e-6) << "epoch " << epoch;
      const EpochResult result = epoch_with_val_loss(static_cast<int>(epoch), val_losses[epoch]);
      reducer.on_epoch_end(result, control);
      stopping.on_epoch_end(result, control);
      ++epoch;
    }
    EXPECT_EQ(epoch, val_losses.size()) << "the original went on";
    ++replayed;
  }
  EXPECT_EQ(replayed, 81);
}

}  // namespace
}  // namespace flexunet
