#include <gtest/gtest.h>

#include <opencv2/core.hpp>

#include "flexunet/base/files.h"
#include "flexunet/imaging/image_io.h"
#include "integration/toy_project.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

class BadData : public testing::Test {
 protected:
  BadData() : project_(10, 1) {}

  fs::path image() const { return project_.dataset() / "train/images/10003.png"; }
  fs::path mask() const { return project_.dataset() / "train/masks/10003.png"; }

  ProcessResult check(const std::vector<std::string>& options = {"--dry-run"}) const {
    return project_.run("train", options);
  }

  void expect_refusal(const std::vector<std::string>& parts) const {
    const ProcessResult result = check();
    EXPECT_EQ(result.exit_code, 3) << result.out;
    for (const std::string& part : parts) {
      EXPECT_TRUE(contains(result.err, part)) << part << "\nnot in\n" << result.err;
    }
  }

  ToyProject project_;
};

TEST_F(BadData, MissingFolder) {
  fs::remove_all(project_.dataset() / "train/masks");
  expect_refusal({"masks_dir", "train/masks: no such folder"});
}

TEST_F(BadData, EmptyFolder) {
  fs::remove_all(project_.dataset() / "valid/images");
  fs::create_directories(project_.dataset() / "valid/images");
  expect_refusal({"valid/images: the folder is empty"});
}

TEST_F(BadData, OneOrphan) {
  fs::remove(mask());
  expect_refusal({"images/10003.png has no partner '10003' in masks_dir"});
}

TEST_F(BadData, TwoImagesOfOneStem) {
  fs::copy(image(), project_.dataset() / "train/images/10003.jpg");
  expect_refusal({"10003.jpg and ", "share the name '10003'"});
}

TEST_F(BadData, TruncatedPicture) {
  fs::resize_file(image(), fs::file_size(image()) / 2);
  expect_refusal({"images/10003.png", "truncated"});
}

TEST_F(BadData, EveryUnreadableFileIsListed) {
  write_file(image(), "");
  write_file(mask(), "not a picture");
  write_file(project_.dataset() / "train/images/10005.png", "nor this");
  expect_refusal({"images/10003.png", "images/10005.png"});
}

TEST_F(BadData, MaskOfAnotherShape) {
  write_png(mask(), cv::Mat(64, 32, CV_8UC3, cv::Scalar::all(0)));
  expect_refusal({"masks/10003.png: the mask is 32x64 but its image", "is 64x64", "--lenient"});
  const ProcessResult lenient = check({"--dry-run", "--lenient"});
  EXPECT_EQ(lenient.exit_code, 0) << lenient.err;
  EXPECT_TRUE(contains(lenient.err, "1 mask of another size than the image")) << lenient.err;
}

TEST_F(BadData, MaskOfAnotherSizeIsResizedWithACountedWarning) {
  const cv::Mat large(128, 128, CV_8UC3, cv::Scalar(128, 40, 40));
  write_png(mask(), large);
  write_png(project_.dataset() / "train/masks/10004.png", large);
  const ProcessResult result = check();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(contains(result.err, "warning: train: 2 masks of another size than the image")) << result.err;
  EXPECT_TRUE(contains(result.err, mask().string())) << result.err;
}

TEST_F(BadData, ColoursOutsideTheMapAreCounted) {
  cv::Mat picture = read_picture(mask());
  picture(cv::Rect(0, 0, 5, 3)).setTo(cv::Scalar(120, 50, 30));
  write_png(mask(), picture);
  const ProcessResult result = check();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(contains(result.err, "15 pixels in 1 mask had colours outside rgb_map"))
      << result.err;
}

TEST_F(BadData, OutputBelowAFile) {
  const ProcessResult result =
      project_.run("train", {"--set", "train.model_dir=\"./train_eval_infer.config/models\""});
  EXPECT_EQ(result.exit_code, 6);
  EXPECT_TRUE(contains(result.err, "train_eval_infer.config/models: cannot create the folder"))
      << result.err;
}

}  // namespace
}  // namespace flexunet
