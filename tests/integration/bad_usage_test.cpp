#include <gtest/gtest.h>

#include <memory>

#include "flexunet/base/files.h"
#include "integration/toy_project.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// Bad input that is found before any image is read; the data of this project stays good.
class BadUsage : public testing::Test {
 protected:
  static void SetUpTestSuite() { project_ = std::make_unique<ToyProject>(10, 1); }
  static void TearDownTestSuite() { project_.reset(); }

  static void expect_refusal(const ProcessResult& result, const std::vector<std::string>& parts) {
    EXPECT_EQ(result.exit_code, 2) << result.out << result.err;
    for (const std::string& part : parts) {
      EXPECT_TRUE(contains(result.err, part)) << part << "\nnot in\n" << result.err;
    }
    EXPECT_FALSE(fs::exists(project_->folder() / "models"));
  }

  static std::unique_ptr<ToyProject> project_;
};

std::unique_ptr<ToyProject> BadUsage::project_;

TEST_F(BadUsage, NoConfig) {
  for (const char* program : {"train", "inspect"}) {
    expect_refusal(run_flexunet(program, {}, project_->root()),
                   {"train_eval_infer.config: no such file", "name a config file"});
  }
}

TEST_F(BadUsage, AFolderAsConfig) {
  expect_refusal(project_->run("train", {"."}), {"is a folder: name the config file in it"});
}

TEST_F(BadUsage, ABinaryFileAsConfig) {
  expect_refusal(project_->run("train", {(program_folder() / "flexunet-train").string()}),
                 {"flexunet-train:1", "not a text file"});
}

TEST_F(BadUsage, SettingsThatNoNetworkCanHave) {
  const struct {
    const char* setting;
    std::vector<std::string> parts;
  } cases[] = {
      {"model.base_kernels=(10,10)", {"base_kernels = (10,10)", "try (9,9) or (11,11)"}},
      {"model.image_width=60", {"image_width = 60", "divisible by 8", "try 56 or 64"}},
      {"model.image_height=100", {"image_height = 100", "try 96 or 104"}},
      {"model.num_classes=3", {"rgb_map", "has 2 colours but [model] num_classes is 3"}},
      {"model.dropout_rate=0.34", {"dropout_rate = 0.34", "must be below 0.3333"}},
      {"mask.rgb_map={(0,0,0):0, (1,1,1):2}", {"rgb_map"}},
      {"train.epochs=\"many\"", {"--set train.epochs"}},
  };
  for (const auto& each : cases) {
    expect_refusal(project_->run("train", {"--set", each.setting}), each.parts);
  }
}

TEST_F(BadUsage, AFaultInTheFileIsNamedWithItsLine) {
  std::string text = read_file(project_->config());
  const std::string good = "base_kernels    = (3,3)";
  write_file(project_->folder() / "even.config",
             text.replace(text.find(good), good.size(), "base_kernels = (10,10)"));
  expect_refusal(project_->run("train", {"even.config"}),
                 {"even.config:8: [model] base_kernels = (10,10): must be odd"});
}

TEST_F(BadUsage, AllFindingsComeAtOnce) {
  const ProcessResult result =
      project_->run("train", {"--set", "model.base_kernels=(10,10)", "--set",
                              "model.dropout_rate=0.5", "--set", "model.image_width=60"});
  expect_refusal(result, {"base_kernels", "dropout_rate", "image_width"});
}

TEST_F(BadUsage, OptionsThatDoNotExistOrDoNotParse) {
  const std::vector<std::vector<std::string>> cases{{"--bogus"},
                                                    {"--set", "epochs"},
                                                    {"--set", "epochs=3"},
                                                    {"--set"},
                                                    {"--seed", "x"},
                                                    {"--threads", "-2"},
                                                    {"--device", "gpu"},
                                                    {"--device", "cuda:x"},
                                                    {"--precision", "int8"},
                                                    {"a.config", "b.config"},
                                                    {"--strict", "--lenient"},
                                                    {"--quiet", "--verbose"}};
  for (const auto& arguments : cases) {
    const ProcessResult result = project_->run("train", arguments);
    expect_refusal(result, {});
    EXPECT_NE(result.err, "") << arguments[0];
  }
}

TEST_F(BadUsage, ANegativeSeedIsNotReadAsAHugeOne) {
  expect_refusal(project_->run("train", {"--seed", "18446744073709551616"}),
                 {"--seed: must be a whole number from 0 to 2^64-1"});
  expect_refusal(project_->run("train", {"--seed", "-1"}),
                 {"--seed: must be a whole number from 0 to 2^64-1"});
  expect_refusal(run_flexunet("phantom", {"other", "--seed", "-1"}, project_->root()),
                 {"--seed: must be a whole number from 0 to 2^64-1"});
  EXPECT_FALSE(fs::exists(project_->root() / "other"));
}

TEST_F(BadUsage, ScansAreNotForcedIntoAFolder) {
  expect_refusal(run_flexunet("phantom", {"other", "--dicom", "--force"}, project_->root()),
                 {"--force excludes --dicom"});
  EXPECT_FALSE(fs::exists(project_->root() / "other"));
}

TEST_F(BadUsage, ABareWordToSetIsExplained) {
  expect_refusal(project_->run("train", {"--set", "epochs"}),
                 {"must be section.key=value", "--set train.epochs=5"});
}

}  // namespace
}  // namespace flexunet
