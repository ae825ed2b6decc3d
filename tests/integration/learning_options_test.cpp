#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <regex>

#include "flexunet/base/files.h"
#include "flexunet/checkpoint/safetensors.h"
#include "flexunet/imaging/image_io.h"
#include "integration/toy_project.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// Everything beyond the original at once, as docs/results.md recommends it.
const std::vector<std::string> kOptions{"--set", "model.normalization=\"instance\"",
                                        "--set", "model.loss=\"dice_crossentropy\"",
                                        "--set", "model.class_weights=\"balanced\"",
                                        "--set", "train.learning_rate_schedule=\"cosine\"",
                                        "--set", "train.warmup_epochs=1",
                                        "--set", "train.monitor=\"val_foreground_dice\"",
                                        "--set", "model.generator=True",
                                        "--set", "augmentor.rotation=False",
                                        "--set", "augmentor.shrinks=[]"};

class LearningOptions : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    project_ = std::make_unique<ToyProject>(20, 3);
    trained_ = project_->run("train", kOptions);
  }
  static void TearDownTestSuite() { project_.reset(); }
  void SetUp() override { ASSERT_EQ(trained_.exit_code, 0) << trained_.err; }

  static Metadata best_metadata() {
    return SafetensorsFile::read(project_->folder() / "models/best_model.safetensors").metadata();
  }

  static std::unique_ptr<ToyProject> project_;
  static ProcessResult trained_;
};

std::unique_ptr<ToyProject> LearningOptions::project_;
ProcessResult LearningOptions::trained_;

TEST_F(LearningOptions, TrainAndEvaluate) {
  const ProcessResult evaluated = project_->run("evaluate", kOptions);
  EXPECT_EQ(evaluated.exit_code, 0) << evaluated.err;
  EXPECT_EQ(read_file(project_->folder() / "evaluation.csv").rfind("dice_crossentropy,", 0), 0U);
}

TEST_F(LearningOptions, SetTheRateOfEveryEpoch) {
  const auto history = nlohmann::json::parse(read_file(project_->folder() / "history.json"));
  const auto rates = history.at("lr").get<std::vector<double>>();
  ASSERT_EQ(rates.size(), 3U);
  EXPECT_DOUBLE_EQ(rates[0], 0.001);
  EXPECT_DOUBLE_EQ(rates[1], 0.002);
  EXPECT_DOUBLE_EQ(rates[2], 0.001);
}

TEST_F(LearningOptions, KeepTheEpochOfTheHighestForegroundDice) {
  const std::string log = trained_.out;
  const std::regex dice("val_foreground_dice ([0-9.]+)");
  double highest = -1;
  int best = -1;
  int epoch = 0;
  for (std::sregex_iterator it(log.begin(), log.end(), dice), end; it != end && epoch < 3; ++it) {
    const double value = std::stod((*it)[1]);
    if (value > highest) {
      highest = value;
      best = epoch;
    }
    ++epoch;
  }
  ASSERT_EQ(epoch, 3) << log;
  EXPECT_EQ(best_metadata().at("epoch"), std::to_string(best)) << log;
  EXPECT_NEAR(std::stod(best_metadata().at("val_foreground_dice")), highest, 5e-5);
}

// The weights come from the training masks; evaluation takes them from the model.
TEST_F(LearningOptions, BalanceTheClassesByTheTrainingMasks) {
  double pixels = 0;
  double foreground = 0;
  for (const fs::path& file : list_files(project_->dataset() / "train/masks")) {
    const cv::Mat mask = read_picture(file);
    cv::Mat red;
    cv::extractChannel(mask, red, 0);
    pixels += static_cast<double>(red.total());
    foreground += cv::countNonZero(red);
  }
  const auto weights = nlohmann::json::parse(best_metadata().at("class_weights"));
  ASSERT_EQ(weights.size(), 2U);
  EXPECT_DOUBLE_EQ(weights[0], pixels / (2 * (pixels - foreground)));
  EXPECT_DOUBLE_EQ(weights[1], pixels / (2 * foreground));
  EXPECT_TRUE(contains(trained_.out, "class weights [")) << trained_.out;
}

TEST_F(LearningOptions, AnotherNormalizationIsRefusedWithBothNames) {
  std::vector<std::string> group = kOptions;
  group[1] = "model.normalization=\"group\"";
  const ProcessResult evaluated = project_->run("evaluate", group);
  EXPECT_EQ(evaluated.exit_code, 4) << evaluated.out;
  EXPECT_TRUE(contains(evaluated.err,
                       "normalization is \"instance\" in the file and \"group\" in the config"))
      << evaluated.err;
}

TEST(BalancedEvaluation, NeedsAModelThatTellsItsWeights) {
  const ToyProject project(10, 1);
  ASSERT_EQ(project.run("train").exit_code, 0);
  const ProcessResult evaluated =
      project.run("evaluate", {"--set", "model.class_weights=\"balanced\""});
  EXPECT_EQ(evaluated.exit_code, 4) << evaluated.out;
  EXPECT_TRUE(contains(evaluated.err, "give them as a list")) << evaluated.err;
}

TEST(ForegroundMonitor, NeedsForegroundInTheValidationMasks) {
  const ToyProject project(10, 1);
  for (const fs::path& file : list_files(project.dataset() / "valid/masks")) {
    write_png(file, cv::Mat(64, 64, CV_8UC3, cv::Scalar(0, 0, 0)));
  }
  const ProcessResult result =
      project.run("train", {"--set", "train.monitor=\"val_foreground_dice\"", "--dry-run"});
  EXPECT_EQ(result.exit_code, 3) << result.out;
  EXPECT_TRUE(contains(result.err, "valid: no mask holds any foreground")) << result.err;
}

}  // namespace
}  // namespace flexunet
