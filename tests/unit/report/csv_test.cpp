#include "flexunet/report/csv.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "flexunet/base/files.h"
#include "report/number_text.h"

namespace flexunet {
namespace {

const std::filesystem::path kRecorded =
    std::filesystem::path(FLEXUNET_SOURCE_DIR) / "../shared/golden/crystal_trained";
const double kNan = std::numeric_limits<double>::quiet_NaN();
const double kInfinity = std::numeric_limits<double>::infinity();

// The original writes a JSON string that holds a Python dict.
nlohmann::json recorded_history() {
  std::string dict = nlohmann::json::parse(read_file(kRecorded / "history.json"));
  std::replace(dict.begin(), dict.end(), '\'', '"');
  return nlohmann::json::parse(dict);
}

class RecordedCsv : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kRecorded)) GTEST_SKIP() << "no " << kRecorded;
  }
};

TEST_F(RecordedCsv, LossesAreWrittenByteForByte) {
  const nlohmann::json history = recorded_history();
  EXPECT_EQ(losses_csv(history["loss"], history["val_loss"]),
            read_file(kRecorded / "eval/train_losses.csv"));
}

TEST_F(RecordedCsv, MetricsAreWrittenByteForByte) {
  const nlohmann::json history = recorded_history();
  EXPECT_EQ(metrics_csv("dice_coef_multiclass", history["dice_coef_multiclass"],
                        history["val_dice_coef_multiclass"]),
            read_file(kRecorded / "eval/train_metrics.csv"));
}

TEST_F(RecordedCsv, EvaluationIsWrittenByteForByte) {
  EXPECT_EQ(evaluation_csv("categorical_crossentropy", 0.070412, "dice_coef_multiclass", 0.966098),
            read_file(kRecorded / "evaluation.csv"));
}

TEST_F(RecordedCsv, HistoryJsonHoldsTheRecordedNumbers) {
  const nlohmann::json recorded = recorded_history();
  const HistoryTable history{"dice_coef_multiclass",
                             recorded["loss"],
                             recorded["dice_coef_multiclass"],
                             recorded["val_loss"],
                             recorded["val_dice_coef_multiclass"],
                             recorded["lr"]};
  EXPECT_EQ(nlohmann::json::parse(history_json(history)), recorded);
}

TEST(Csv, RowsCountEpochsFromZero) {
  EXPECT_EQ(losses_csv({0.65184, 1}, {0.82636, kNan}),
            "epoch, loss, val_loss\n0, 0.6518, 0.8264\n1, 1.0000, nan\n");
  EXPECT_EQ(metrics_csv("dice", {0.5}, {0.25}), "epoch,dice,val_dice,\n0, 0.5000, 0.2500\n");
  EXPECT_EQ(losses_csv({}, {}), "epoch, loss, val_loss\n");
}

TEST(Csv, RefusesListsOfDifferentLengths) {
  EXPECT_THROW(losses_csv({1, 2}, {1}), std::invalid_argument);
  EXPECT_THROW(metrics_csv("dice", {}, {1}), std::invalid_argument);
}

TEST(HistoryJson, IsAnObjectWithAListALine) {
  EXPECT_EQ(history_json({"dice", {0.5, kNan}, {0.1, 0.2}, {1, 2}, {0.3, 0.4}, {7e-5, 7e-5}}),
            "{\n  \"loss\": [0.5,null],\n  \"dice\": [0.1,0.2],\n  \"val_loss\": [1.0,2.0],\n"
            "  \"val_dice\": [0.3,0.4],\n  \"lr\": [7e-05,7e-05]\n}\n");
}

// What Python 3 prints for str(round(x, 4)).
TEST(PythonRound4, AgreesWithPython) {
  const std::vector<std::pair<double, std::string>> table = {{0.0704123, "0.0704"},
                                                             {0.5, "0.5"},
                                                             {1.0, "1.0"},
                                                             {0.0, "0.0"},
                                                             {1e-4, "0.0001"},
                                                             {0.00005, "0.0001"},
                                                             {0.00004, "0.0"},
                                                             {1e-5, "0.0"},
                                                             {-1e-5, "-0.0"},
                                                             {0.00015, "0.0001"},
                                                             {0.00025, "0.0003"},
                                                             {2.00005, "2.0"},
                                                             {-0.9957, "-0.9957"},
                                                             {12345.67891, "12345.6789"},
                                                             {1e15, "1000000000000000.0"},
                                                             {1e16, "1e+16"},
                                                             {1.5e300, "1.5e+300"},
                                                             {kNan, "nan"},
                                                             {-kNan, "nan"},
                                                             {kInfinity, "inf"},
                                                             {-kInfinity, "-inf"},
                                                             {0.29995, "0.2999"},
                                                             {100, "100.0"}};
  for (const auto& [number, text] : table) EXPECT_EQ(python_round4(number), text) << number;
}

}  // namespace
}  // namespace flexunet
