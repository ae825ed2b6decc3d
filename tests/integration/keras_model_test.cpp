#include <gtest/gtest.h>

#include <cstdio>
#include <opencv2/core.hpp>

#include "flexunet/base/files.h"
#include "flexunet/imaging/image_io.h"
#include "integration/toy_project.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

const fs::path kShared = fs::path(FLEXUNET_SOURCE_DIR) / "../shared";

// A trained toy project whose model lies there as Keras would have written it.
class KerasModel : public testing::Test {
 protected:
  KerasModel() : project_(20, 1) {
    const ProcessResult trained = project_.run("train");
    EXPECT_EQ(trained.exit_code, 0) << trained.err;
    const ProcessResult evaluated = project_.run("evaluate");
    EXPECT_EQ(evaluated.exit_code, 0) << evaluated.err;
    native_evaluation_ = read_file(evaluation());
    const ProcessResult converted = project_.run("convert", {native().string(), keras().string()});
    EXPECT_EQ(converted.exit_code, 0) << converted.err;
    fs::rename(native(), project_.folder() / "kept.safetensors");
    fs::remove(evaluation());
  }

  fs::path native() const { return project_.folder() / "models/best_model.safetensors"; }
  fs::path keras() const { return project_.folder() / "models/best_model.h5"; }
  fs::path evaluation() const { return project_.folder() / "evaluation.csv"; }

  void expect_exit(int code, const std::string& program, const std::vector<std::string>& arguments,
                   const std::string& message) const {
    const ProcessResult result = project_.run(program, arguments);
    EXPECT_EQ(result.exit_code, code) << result.out << result.err;
    EXPECT_TRUE(contains(result.err, message)) << result.err;
  }

  ToyProject project_;
  std::string native_evaluation_;
};

TEST_F(KerasModel, IsUsedWhereThereIsNoNativeOne) {
  const ProcessResult evaluated = project_.run("evaluate");
  EXPECT_EQ(evaluated.exit_code, 0) << evaluated.err;
  EXPECT_TRUE(contains(evaluated.out, keras().string())) << evaluated.out;
  EXPECT_EQ(read_file(evaluation()), native_evaluation_);
  EXPECT_EQ(project_.run("infer").exit_code, 0);
  EXPECT_FALSE(list_files(project_.folder() / "mini_test_output").empty());
}

TEST_F(KerasModel, ConvertsThereAndBack) {
  ASSERT_EQ(
      project_.run("convert", {"models/best_model.h5", "a.safetensors", "--dry-run"}).exit_code, 0);
  EXPECT_FALSE(fs::exists(project_.folder() / "a.safetensors"));
  ASSERT_EQ(project_.run("convert", {"models/best_model.h5", "a.safetensors"}).exit_code, 0);
  ASSERT_EQ(project_.run("convert", {"a.safetensors", "a.h5"}).exit_code, 0);
  EXPECT_EQ(read_file(project_.folder() / "a.h5"), read_file(keras()));
  // An existing file is replaced, and another folder names its config.
  const ProcessResult elsewhere = run_flexunet(
      "convert", {keras().string(), "a.safetensors", "--config", project_.config().string()},
      project_.root());
  EXPECT_EQ(elsewhere.exit_code, 0) << elsewhere.err;
  EXPECT_EQ(read_file(project_.root() / "a.safetensors"),
            read_file(project_.folder() / "a.safetensors"));
}

TEST_F(KerasModel, OfAnotherKindEndsWithExitCodeFour) {
  const std::string bytes = read_file(keras());
  expect_exit(4, "evaluate", {"--set", "model.base_filters=4"},
              "layer conv2d is kernel (3,3,3,8), bias (8) in the file, and encoder.0.conv1 is "
              "kernel (3,3,3,4), bias (4) in the config");
  write_file(keras(), bytes.substr(0, bytes.size() / 2));
  expect_exit(4, "evaluate", {}, "truncated or damaged");
  write_file(keras(), "some text\n");
  expect_exit(4, "infer", {}, "not an HDF5 file");
  write_file(keras(), "PK\x03\x04 and so on");
  expect_exit(4, "evaluate", {}, "Keras 3");
  fs::rename(keras(), fs::path(keras()).replace_extension(".keras"));
  expect_exit(4, "evaluate", {}, "Keras 3");
  expect_exit(4, "convert", {"models/best_model.keras", "b.safetensors"}, "Keras 3");
  EXPECT_FALSE(fs::exists(project_.folder() / "b.safetensors"));
}

TEST_F(KerasModel, IsNotConvertedToWhatIsNoModel) {
  for (const auto& [from, to] : {std::pair{"models/best_model.h5", "b.h5"},
                                 {"models/best_model.h5", "b.pt"},
                                 {"kept.safetensors", "b.safetensors"}}) {
    expect_exit(2, "convert", {from, to},
                "one must end in .h5 (Keras 2), the other in .safetensors");
  }
  expect_exit(2, "convert", {"models/best_model.h5"}, "OUT");
  expect_exit(4, "convert", {"none.h5", "b.safetensors"}, "none.h5");
  expect_exit(6, "convert", {"kept.safetensors", "kept.safetensors/b.h5"},
              "kept.safetensors: cannot create");
}

TEST_F(KerasModel, StartsATraining) {
  for (const char* model : {"kept.safetensors", "models/best_model.h5"}) {
    // Without a step that is worth its name the new model scores as the old one.
    const ProcessResult trained =
        project_.run("train", {"--init", model, "--set", "model.learning_rate=1e-12"});
    ASSERT_EQ(trained.exit_code, 0) << trained.err;
    EXPECT_TRUE(contains(trained.out, std::string("starts from ") + model)) << trained.out;
    EXPECT_EQ(project_.run("evaluate").exit_code, 0);
    EXPECT_EQ(read_file(evaluation()), native_evaluation_) << model;
    fs::copy_file(project_.folder() / "previous_runs/1/models/best_model.h5", keras(),
                  fs::copy_options::overwrite_existing);
  }
}

TEST_F(KerasModel, WithAnotherHeadStartsATrainingOnlyWhenAsked) {
  project_.edit_config("num_classes     = 2", "num_classes     = 3");
  project_.edit_config("(128,40,40):1}", "(128,40,40):1, (0,0,255):2}");
  for (const char* model : {"kept.safetensors", "models/best_model.h5"}) {
    expect_exit(4, "train", {"--dry-run", "--init", model}, "head");
    const ProcessResult asked =
        project_.run("train", {"--dry-run", "--init", model, "--init-head", "new"});
    EXPECT_EQ(asked.exit_code, 0) << asked.err;
    EXPECT_TRUE(contains(asked.out, "with a new head")) << asked.out;
  }
  expect_exit(2, "train", {"--init-head", "new"}, "--init");
  EXPECT_TRUE(fs::exists(keras())) << "a refused training moves nothing";
}

// The scores and masks that the original recorded for its own model.
TEST(KerasModelOfTheOriginal, GivesItsScoresAndMasks) {
  const fs::path recorded = kShared / "golden/crystal_trained";
  const fs::path data = kShared / "data/Crystal-Clean-Brain-Tumor";
  if (!fs::exists(recorded) || !fs::exists(data)) GTEST_SKIP() << kShared << " is not here";
  const TemporaryFolder root;
  const fs::path project = root.path() / "projects/FlexUNet/Crystal";
  fs::create_directories(project / "models");
  fs::create_directory(root.path() / "dataset");
  fs::create_directory_symlink(fs::canonical(data), root.path() / "dataset" / data.filename());
  fs::copy_file(recorded / "train_eval_infer.config", project / "train_eval_infer.config");
  fs::copy_file(recorded / "best_model.h5", project / "models/best_model.h5");

  const ProcessResult evaluated = run_flexunet("evaluate", {"--set", "eval.batch_size=4"}, project);
  ASSERT_EQ(evaluated.exit_code, 0) << evaluated.err;
  EXPECT_EQ(read_file(project / "evaluation.csv"), read_file(recorded / "evaluation.csv"));

  const ProcessResult inferred = run_flexunet("infer", {}, project);
  ASSERT_EQ(inferred.exit_code, 0) << inferred.err;
  const std::vector<fs::path> masks = list_files(recorded / "mini_test_output");
  ASSERT_EQ(masks.size(), 12U);
  double pixels = 0;
  double different = 0;
  for (const fs::path& file : masks) {
    const cv::Mat expected = read_picture(file);
    const cv::Mat found = read_picture(project / "mini_test_output" / file.filename());
    ASSERT_EQ(found.size(), expected.size()) << file;
    cv::Mat distance;
    cv::absdiff(found, expected, distance);
    std::vector<cv::Mat> channels;
    cv::split(distance, channels);
    cv::Mat any = channels.front();
    for (const cv::Mat& channel : channels) any = cv::max(any, channel);
    different += cv::countNonZero(any);
    pixels += static_cast<double>(any.total());
  }
  EXPECT_LE(different, 1e-4 * pixels);
  std::printf("%.0f of %.0f pixels differ\n", different, pixels);
}

}  // namespace
}  // namespace flexunet
