#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "flexunet/base/files.h"
#include "integration/toy_project.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

constexpr const char* kPrograms[] = {"train", "evaluate", "infer", "inspect", "convert", "phantom"};

TEST(CommandLine, EveryProgramTellsItsVersion) {
  for (const std::string name : kPrograms) {
    const ProcessResult result = run_flexunet(name, {"--version"}, "/");
    EXPECT_EQ(result.exit_code, 0) << name;
    EXPECT_EQ(result.out.rfind("flexunet-" + name + " ", 0), 0U) << result.out;
    if (name == "phantom") continue;
    for (const char* part : {"LibTorch", "BLAS", "OpenCV", "CPU capability", "CUDA"}) {
      EXPECT_TRUE(contains(result.out, part)) << result.out;
    }
  }
}

TEST(CommandLine, EveryProgramHelpsWithAnExample) {
  for (const std::string name : kPrograms) {
    const ProcessResult result = run_flexunet(name, {"--help"}, "/");
    EXPECT_EQ(result.exit_code, 0) << name;
    EXPECT_TRUE(contains(result.out, "Example:\n")) << result.out;
    EXPECT_TRUE(contains(result.out.substr(result.out.find("Example:")), "flexunet-" + name))
        << result.out;
  }
}

TEST(CommandLine, DumpsThePublishedConfigsAsExpectedWithoutTheirData) {
  const fs::path configs = fs::path(FLEXUNET_SOURCE_DIR) / "../shared/configs";
  if (!fs::exists(configs)) GTEST_SKIP() << configs << " is not here";
  for (const auto& [program, name] : {std::pair{"train", "BUS-BRA"},
                                      {"evaluate", "AISD"},
                                      {"infer", "Leukocyte"},
                                      {"inspect", "3D-Liver-Tumor"}}) {
    const fs::path file = configs / (std::string(name) + ".config");
    const ProcessResult result = run_flexunet(program, {file.string(), "--dump-config"}, "/");
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(result.err, "");
    const std::string expected = read_file(fs::path(file).replace_extension(".expected.json"));
    EXPECT_EQ(nlohmann::ordered_json::parse(result.out), nlohmann::ordered_json::parse(expected))
        << program << " " << name;
  }
}

TEST(CommandLine, DumpComesBeforeChecksAndHoldsOverrides) {
  const ToyProject project(10, 1);
  fs::remove_all(project.dataset());
  const ProcessResult result = project.run(
      "train", {"--dump-config", "--set", "model.base_kernels=(10,10)", "--set", "mine.own=\"x\""});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const nlohmann::json dump = nlohmann::json::parse(result.out);
  EXPECT_EQ(dump.at("mine").at("own"), "x");
  EXPECT_EQ(dump.at("train").at("images_dir"), "../../../dataset/Toy/train/images/");
}

TEST(CommandLine, QuietPrintsNothingButProblems) {
  const ToyProject project(10, 1);
  const ProcessResult result = project.run("train", {"--quiet"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "");
}

TEST(CommandLine, VerboseSaysMore) {
  const ToyProject project(10, 1);
  const std::string plain = project.run("train", {"--dry-run"}).out;
  const std::string verbose = project.run("train", {"--dry-run", "--verbose"}).out;
  EXPECT_GT(verbose.size(), plain.size());
}

TEST(CommandLine, StrictMakesUnknownKeysErrors) {
  const ToyProject project(10, 1);
  const std::vector<std::string> misspelt{"--dry-run", "--set", "train.epoch=3"};
  const ProcessResult plain = project.run("train", misspelt);
  EXPECT_EQ(plain.exit_code, 0) << plain.err;
  EXPECT_TRUE(contains(plain.err, "did you mean [train] epochs?")) << plain.err;
  std::vector<std::string> strict = misspelt;
  strict.push_back("--strict");
  const ProcessResult refused = project.run("train", strict);
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_TRUE(contains(refused.err, "did you mean [train] epochs?")) << refused.err;
}

TEST(CommandLine, CudaIsNeverReplacedInSilence) {
  if (contains(run_flexunet("train", {"--version"}, "/").out, "CUDA            yes")) {
    GTEST_SKIP() << "there is a CUDA device here";
  }
  const ToyProject project(10, 1);
  for (const char* device : {"cuda", "cuda:0"}) {
    const ProcessResult result = project.run("train", {"--dry-run", "--device", device});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_TRUE(contains(result.err, "--device cuda")) << result.err;
  }
  EXPECT_EQ(project.run("train", {"--dry-run", "--device", "auto"}).exit_code, 0);
}

}  // namespace
}  // namespace flexunet
