#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "flexunet/base/files.h"
#include "flexunet/checkpoint/safetensors.h"
#include "integration/toy_project.h"
#include "integration/training_results.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

ProcessResult resume(const ToyProject& project, std::vector<std::string> arguments = {}) {
  arguments.insert(arguments.end(), {"--resume", "--device", "cpu"});
  return project.run("train", arguments);
}

// The project after two of four epochs.
class ResumeTest : public testing::Test {
 protected:
  ResumeTest() {
    const ProcessResult trained = project_.run("train", {"--set", "train.epochs=2"});
    EXPECT_EQ(trained.exit_code, 0) << trained.err;
  }
  fs::path models() const { return project_.folder() / "models"; }
  std::size_t epochs_done() const {
    return nlohmann::json::parse(read_file(project_.folder() / "history.json")).at("loss").size();
  }

  ToyProject project_{20, 4};
};

TEST_F(ResumeTest, WithMoreEpochsGoesOnAsIfItHadNeverStopped) {
  const ToyProject undisturbed(20, 4);
  ASSERT_EQ(undisturbed.run("train").exit_code, 0);
  const ProcessResult resumed = resume(project_, {"--set", "train.patience=20"});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_TRUE(contains(resumed.out, "resumes after epoch 2")) << resumed.out;
  EXPECT_TRUE(contains(resumed.out, "[train] epochs is 2 in the checkpoint and 4 now"));
  EXPECT_TRUE(contains(resumed.out, "[train] patience is 10 in the checkpoint and 20 now"));
  for (const auto& [name, content] : numbers_in(undisturbed.folder())) {
    EXPECT_TRUE(read_file(project_.folder() / name) == content) << name;
  }
  // The checkpoints tell of another patience; what was learnt is the same.
  for (const char* name : {"best_model.safetensors", "last_checkpoint.safetensors"}) {
    const auto expected = SafetensorsFile::read(undisturbed.folder() / "models" / name);
    const auto actual = SafetensorsFile::read(models() / name);
    for (const auto& [tensor, stored] : expected.tensors()) {
      EXPECT_TRUE(actual.tensors().at(tensor).data == stored.data) << tensor;
    }
  }
  EXPECT_FALSE(fs::exists(project_.folder() / "previous_runs"));
}

TEST_F(ResumeTest, OfAFinishedRunSaysSoAndChangesNothing) {
  const auto before = results_in(project_.folder());
  const ProcessResult resumed = resume(project_, {"--set", "train.epochs=2"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_TRUE(contains(resumed.out, "the run is finished already")) << resumed.out;
  EXPECT_EQ(results_in(project_.folder()), before);
}

TEST_F(ResumeTest, OfAnotherNetworkIsRefusedWithAllDifferences) {
  const auto before = results_in(project_.folder());
  const ProcessResult resumed =
      resume(project_, {"--set", "model.base_filters=4", "--set", "model.clipvalue=0.25", "--set",
                        "train.monitor=\"loss\"", "--seed", "5"});
  EXPECT_EQ(resumed.exit_code, 4) << resumed.out;
  for (const char* part :
       {"last_checkpoint.safetensors", "[model] base_filters is 8 in the checkpoint and 4 now",
        "[model] clipvalue is 0.5 in the checkpoint and 0.25 now",
        "[train] monitor is \"val_loss\" in the checkpoint and \"loss\" now",
        "the seed is 137 in the checkpoint and 5 now"}) {
    EXPECT_TRUE(contains(resumed.err, part)) << resumed.err;
  }
  EXPECT_FALSE(contains(resumed.err, "epochs")) << resumed.err;
  EXPECT_EQ(results_in(project_.folder()), before);
}

TEST_F(ResumeTest, OnOtherDataIsRefusedWithTheFiles) {
  const fs::path train = project_.dataset() / "train";
  const std::string stem = list_files(train / "images").front().stem().string();
  const std::string other = list_files(train / "images").back().filename().string();
  const std::string picture = stem + ".png";
  write_file(train / "images" / picture, read_file(train / "images" / other));
  write_file(train / "images/new.png", read_file(train / "images" / other));
  write_file(train / "masks/new.png", read_file(train / "masks" / other));
  const fs::path valid = project_.dataset() / "valid";
  const std::string gone = list_files(valid / "images").front().filename().string();
  fs::remove(valid / "images" / gone);
  fs::remove(valid / "masks" / gone);
  const ProcessResult resumed = resume(project_);
  EXPECT_EQ(resumed.exit_code, 4) << resumed.out;
  for (const std::string& part :
       {"train: " + stem + " has another image or mask", std::string("train: new is new"),
        "valid: " + fs::path(gone).stem().string() + " is gone"}) {
    EXPECT_TRUE(contains(resumed.err, part)) << resumed.err;
  }
}

TEST_F(ResumeTest, TakesTheLearningRateOfAChangedConfig) {
  const ProcessResult resumed = resume(project_, {"--set", "model.learning_rate=0.25"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  const auto history = nlohmann::json::parse(read_file(project_.folder() / "history.json"));
  EXPECT_EQ(history.at("lr"), nlohmann::json({0.002, 0.002, 0.25, 0.25}));
}

TEST_F(ResumeTest, FromADamagedCheckpointOffersTheOneBefore) {
  const fs::path last = models() / "last_checkpoint.safetensors";
  std::string content = read_file(last);
  content[content.size() / 2] = static_cast<char>(content[content.size() / 2] ^ 4);
  write_file(last, content);
  const ProcessResult refused = resume(project_);
  EXPECT_EQ(refused.exit_code, 4) << refused.out;
  EXPECT_TRUE(contains(refused.err, last.string())) << refused.err;
  EXPECT_TRUE(contains(refused.err, "checksum")) << refused.err;
  EXPECT_TRUE(contains(refused.err, "previous_checkpoint.safetensors")) << refused.err;
  fs::remove(last);
  const ProcessResult resumed = resume(project_);
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_TRUE(contains(resumed.out, "resumes after epoch 1")) << resumed.out;
  EXPECT_EQ(epochs_done(), 4U);
}

TEST_F(ResumeTest, WithOtherLibrariesGoesOnWithAWarning) {
  const fs::path last = models() / "last_checkpoint.safetensors";
  {
    const SafetensorsFile checkpoint = SafetensorsFile::read(last);
    Metadata metadata = checkpoint.metadata();
    metadata["libtorch_version"] = "0.4.1";
    metadata["opencv_version"] = "2.4.13";
    write_safetensors(last, checkpoint.tensors(), metadata);
  }
  const ProcessResult resumed = resume(project_);
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  for (const char* part : {"libtorch_version is 0.4.1 in the checkpoint and ",
                           "opencv_version is 2.4.13 in the checkpoint and ", "last digits"}) {
    EXPECT_TRUE(contains(resumed.err, part)) << part << "\nnot in\n" << resumed.err;
  }
  EXPECT_EQ(epochs_done(), 4U);
  EXPECT_FALSE(contains(resume(project_).err, "last digits")) << "the same libraries now";
}

TEST(Resume, OfNothingStartsAfreshAndSaysSo) {
  const ToyProject project(20, 1);
  const ProcessResult result = resume(project);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(contains(result.out, "no run to resume: training starts afresh")) << result.out;
  EXPECT_TRUE(fs::exists(project.folder() / "models/best_model.safetensors"));
}

TEST(Resume, TakesTheSeedOfTheRun) {
  const ToyProject project(20, 2);
  ASSERT_EQ(project.run("train", {"--seed", "5", "--set", "train.epochs=1"}).exit_code, 0);
  const ProcessResult resumed = resume(project);
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_TRUE(contains(resumed.out, "seed 5")) << resumed.out;
}

TEST(Resume, MayChangeThePrecisionAndSaysSo) {
  const ToyProject project(20, 2);
  const ProcessResult trained =
      project.run("train", {"--precision", "bfloat16", "--set", "train.epochs=1"});
  ASSERT_EQ(trained.exit_code, 0) << trained.err;
  const fs::path last = project.folder() / "models/last_checkpoint.safetensors";
  EXPECT_EQ(SafetensorsFile::read(last).metadata().at("precision"), "bfloat16");
  const ProcessResult resumed = resume(project, {"--precision", "float32"});
  EXPECT_EQ(resumed.exit_code, 0) << resumed.err;
  EXPECT_TRUE(contains(resumed.out, "precision is bfloat16 in the checkpoint and float32 now"))
      << resumed.out;
  EXPECT_EQ(SafetensorsFile::read(last).metadata().at("precision"), "float32");
}

TEST(Checkpoint, TellsTheRunThatMadeIt) {
  const ToyProject project(20, 1);
  ASSERT_EQ(project.run("train").exit_code, 0);
  const ProcessResult version = project.run("train", {"--version"});
  for (const char* name : {"best_model.safetensors", "last_checkpoint.safetensors"}) {
    const Metadata metadata = SafetensorsFile::read(project.folder() / "models" / name).metadata();
    const auto options = nlohmann::json::parse(metadata.at("options"));
    EXPECT_EQ(options.at("[model] base_filters"), "8");
    EXPECT_EQ(options.at("[train] epochs"), "1");
    EXPECT_TRUE(contains(metadata.at("train_data"), "14 images, fingerprint "));
    EXPECT_TRUE(contains(metadata.at("valid_data"), "4 images, fingerprint "));
    EXPECT_TRUE(contains(version.out, "Revision        " + metadata.at("git_revision")))
        << version.out;
    EXPECT_TRUE(contains(version.out, metadata.at("libtorch_version")));
    EXPECT_TRUE(contains(version.out, metadata.at("opencv_version")));
    EXPECT_EQ(metadata.at("seed"), "137");
    for (const auto& [key, value] : metadata) {
      EXPECT_FALSE(contains(value, project.root().string())) << key << " names a folder";
    }
  }
}

TEST(Divergence, StopsAndKeepsTheCheckpoints) {
  const ToyProject project(20, 3);
  ASSERT_EQ(project.run("train", {"--set", "train.epochs=1"}).exit_code, 0);
  const auto before = results_in(project.folder());
  const std::vector<std::string> far{"--set", "model.learning_rate=1e30"};
  const ProcessResult stopped = resume(project, far);
  EXPECT_EQ(stopped.exit_code, 5) << stopped.err;
  for (const char* part : {"epoch 2, batch ", "learning rate 1e+30", "train/images/100"}) {
    EXPECT_TRUE(contains(stopped.err, part)) << stopped.err;
  }
  EXPECT_EQ(results_in(project.folder()), before);

  std::vector<std::string> roll_back = far;
  roll_back.insert(roll_back.end(), {"--set", "train.on_divergence=\"rollback\""});
  const ProcessResult rolled_back = resume(project, roll_back);
  EXPECT_EQ(rolled_back.exit_code, 5) << rolled_back.err;
  EXPECT_TRUE(contains(rolled_back.err, "repeated with half of it (3 of 3 times)"))
      << rolled_back.err;
  EXPECT_EQ(results_in(project.folder()), before);
}

}  // namespace
}  // namespace flexunet
