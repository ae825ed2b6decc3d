#include "flexunet/callbacks/epoch_change_inference.h"

#include <gtest/gtest.h>

#include "flexunet/imaging/image_io.h"
#include "support/epochs.h"
#include "support/temporary_folder.h"

namespace flexunet {
namespace {

const RgbMap kRedAndBlack({{{0, 0, 0}, 0}, {{255, 0, 0}, 1}});

cv::Mat all_foreground(const cv::Mat& image) {
  return cv::Mat(image.size(), CV_8UC1, cv::Scalar(1));
}

TEST(EpochChangeInference, WritesAMaskAnEpochAndImageCountedFromOne) {
  const TemporaryFolder folder;
  EpochChangeInference callback(
      {{"a", cv::Mat(3, 5, CV_8UC3)}, {"b", cv::Mat(4, 4, CV_8UC3)}}, all_foreground,
      {folder.path(), kRedAndBlack, [](const auto& text) { FAIL() << text; }});
  TrainControl control(0.001);
  callback.on_epoch_end(epoch_with_val_loss(0, 1.0), control);
  callback.on_epoch_end(epoch_with_val_loss(1, 1.0), control);
  for (const char* name : {"Epoch_1_a.png", "Epoch_1_b.png", "Epoch_2_a.png", "Epoch_2_b.png"}) {
    EXPECT_TRUE(std::filesystem::exists(folder.path() / name)) << name;
  }
  const cv::Mat mask = read_picture(folder.path() / "Epoch_2_a.png");
  EXPECT_EQ(mask.size(), cv::Size(5, 3));
  EXPECT_EQ(mask.at<cv::Vec3b>(2, 4), cv::Vec3b(255, 0, 0));
}

TEST(EpochChangeInference, WarnsOfAMaskThatCannotBeWritten) {
  const TemporaryFolder folder;
  const auto file = folder.write("a file", "");
  std::vector<std::string> warnings;
  EpochChangeInference callback({{"a", cv::Mat(3, 5, CV_8UC3)}}, all_foreground,
                                {file / "previews", kRedAndBlack,
                                 [&](const std::string& text) { warnings.push_back(text); }});
  TrainControl control(0.001);
  callback.on_epoch_end(epoch_with_val_loss(0, 1.0), control);
  EXPECT_EQ(warnings.size(), 1U);
}

}  // namespace
}  // namespace flexunet
