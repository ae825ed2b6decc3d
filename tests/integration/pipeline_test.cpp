#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <regex>

#include "flexunet/base/files.h"
#include "integration/toy_project.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

constexpr int kImages = 60;
constexpr int kEpochs = 12;
constexpr const char* kMetric = "dice_coef_multiclass";

// Trains, evaluates and infers once; every test looks at what came out.
class Pipeline : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    project_ = std::make_unique<ToyProject>(kImages, kEpochs);
    trained_ = project_->run("train");
    evaluated_ = project_->run("evaluate");
    inferred_ = project_->run("infer");
  }
  static void TearDownTestSuite() { project_.reset(); }

  void SetUp() override {
    ASSERT_EQ(trained_.exit_code, 0) << trained_.err;
    ASSERT_EQ(evaluated_.exit_code, 0) << evaluated_.err;
    ASSERT_EQ(inferred_.exit_code, 0) << inferred_.err;
  }

  static std::string content(const std::string& name) {
    return read_file(project_->folder() / name);
  }
  static nlohmann::json history() { return nlohmann::json::parse(content("history.json")); }

  static std::unique_ptr<ToyProject> project_;
  static ProcessResult trained_;
  static ProcessResult evaluated_;
  static ProcessResult inferred_;
};

std::unique_ptr<ToyProject> Pipeline::project_;
ProcessResult Pipeline::trained_;
ProcessResult Pipeline::evaluated_;
ProcessResult Pipeline::inferred_;

TEST_F(Pipeline, LossFalls) {
  for (const char* name : {"loss", "val_loss"}) {
    const std::vector<double> losses = history().at(name);
    ASSERT_EQ(losses.size(), std::size_t{kEpochs});
    EXPECT_LT(losses.back(), 0.6 * losses.front()) << name;
  }
}

TEST_F(Pipeline, ForegroundDiceExceedsFourFifths) {
  std::smatch match;
  ASSERT_TRUE(std::regex_search(evaluated_.out, match, std::regex("foreground Dice +([0-9.]+)")))
      << evaluated_.out;
  EXPECT_GT(std::stod(match[1]), 0.8);
}

TEST_F(Pipeline, WritesExactlyTheseFiles) {
  std::vector<std::string> expected{"eval/train_losses.csv",
                                    "eval/train_losses.png",
                                    "eval/train_metrics.csv",
                                    "eval/train_metrics.png",
                                    "evaluation.csv",
                                    "history.json",
                                    "models/best_model.safetensors",
                                    "models/last_checkpoint.safetensors",
                                    "models/previous_checkpoint.safetensors",
                                    "models/train.log",
                                    "models/train_eval_infer.config",
                                    "train_eval_infer.config"};
  // Of 60 pairs the last 6 are for testing; the first 2 of them are the previews.
  for (int number = 10055; number <= 10060; ++number) {
    expected.push_back(fmt::format("mini_test_output/{}.png", number));
  }
  for (int epoch = 1; epoch <= kEpochs; ++epoch) {
    for (int number = 10055; number <= 10056; ++number) {
      expected.push_back(fmt::format("epoch_change_infer/Epoch_{}_{}.png", epoch, number));
    }
  }
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(project_->files(), expected);
  EXPECT_EQ(content("models/train_eval_infer.config"), content("train_eval_infer.config"));
}

TEST_F(Pipeline, TablesHoldTheHistoryWithFourDigits) {
  const nlohmann::json history = this->history();
  const auto expected = [&](const std::string& header, const std::string& name) {
    std::string table = header + "\n";
    for (int epoch = 0; epoch < kEpochs; ++epoch) {
      const auto row = static_cast<std::size_t>(epoch);
      table += fmt::format("{}, {:.4f}, {:.4f}\n", epoch, history.at(name).at(row).get<double>(),
                           history.at("val_" + name).at(row).get<double>());
    }
    return table;
  };
  EXPECT_EQ(content("eval/train_losses.csv"), expected("epoch, loss, val_loss", "loss"));
  EXPECT_EQ(content("eval/train_metrics.csv"),
            expected("epoch,dice_coef_multiclass,val_dice_coef_multiclass,", kMetric));
  EXPECT_EQ(history.at("lr"), std::vector<double>(kEpochs, 0.002));
  EXPECT_EQ(history.size(), 5U);
}

TEST_F(Pipeline, EvaluationIsTwoLines) {
  const std::vector<std::string> lines = lines_of(content("evaluation.csv"));
  ASSERT_EQ(lines.size(), 2U);
  const std::string number = ",([0-9]\\.[0-9]{1,4})";
  EXPECT_TRUE(std::regex_match(lines[0], std::regex("categorical_crossentropy" + number)));
  EXPECT_TRUE(std::regex_match(lines[1], std::regex("dice_coef_multiclass" + number)));
}

TEST_F(Pipeline, TrainingEndsWithASummary) {
  const nlohmann::json history = this->history();
  const std::vector<double> losses = history.at("val_loss");
  const auto best = std::min_element(losses.begin(), losses.end());
  EXPECT_TRUE(contains(trained_.out, fmt::format("best epoch: {} with val_loss {:.4f}",
                                                 best - losses.begin() + 1, *best)))
      << trained_.out;
  EXPECT_TRUE(contains(trained_.out, "stopped after 12 epochs: all epochs are done"));
  for (const char* folder : {"models", "eval"}) {
    for (const fs::path& file : list_files(project_->folder() / folder)) {
      EXPECT_TRUE(contains(trained_.out, file.string())) << file;
    }
  }
  EXPECT_EQ(trained_.err, "");
}

TEST_F(Pipeline, EachEpochIsOnePlainLineOnTheOutputAndInTheLog) {
  const std::string log = content("models/train.log");
  int epochs = 0;
  for (const std::string& line : lines_of(trained_.out)) {
    EXPECT_TRUE(contains(log, line)) << line;
    EXPECT_EQ(line.find_first_of("\r\x1b"), std::string::npos);
    epochs += line.rfind("epoch ", 0) == 0 ? 1 : 0;
  }
  EXPECT_EQ(epochs, kEpochs);
}

TEST_F(Pipeline, InspectDescribesTheTrainedNetwork) {
  const fs::path output = project_->root() / "inspected";
  const ProcessResult inspected = project_->run("inspect", {"--output", output.string()});
  ASSERT_EQ(inspected.exit_code, 0) << inspected.err;
  const std::string summary = read_file(output / "summary.txt");
  EXPECT_TRUE(contains(summary, "120,834")) << summary;
  EXPECT_TRUE(contains(trained_.out, "120,834"));
  EXPECT_EQ(read_file(output / "model.png").substr(1, 3), "PNG");
}

}  // namespace
}  // namespace flexunet
