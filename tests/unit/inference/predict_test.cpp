#include "flexunet/inference/predict.h"

#include <gtest/gtest.h>

#include "flexunet/imaging/resize.h"
#include "support/toy_dataset.h"

namespace flexunet {
namespace {

TEST(PredictClassMasks, GivesTheArgmaxAtModelSize) {
  FlexUNet model(toy_network(16));
  const cv::Mat image = toy_dataset(1, 16).sample(0).image;
  const cv::Mat mask = predict_class_masks(model, {image}, torch::kCPU).front();
  const torch::Tensor expected = predict_probs(model, {image}, torch::kCPU).argmax(1)[0];
  ASSERT_EQ(mask.size(), image.size());
  for (int y = 0; y < 16; ++y) {
    for (int x = 0; x < 16; ++x) {
      ASSERT_EQ(mask.at<std::uint8_t>(y, x), expected[y][x].item<int>()) << y << "," << x;
    }
  }
}

TEST(PredictClassMasks, ReturnsEachMaskAtItsImagesSize) {
  FlexUNet model(toy_network(16));
  const cv::Mat small = toy_dataset(1, 16).sample(0).image;
  const cv::Mat large = toy_dataset(1, 40).sample(0).image(cv::Rect(0, 0, 40, 24)).clone();
  const auto masks = predict_class_masks(model, {small, large}, torch::kCPU);
  EXPECT_EQ(masks[0].size(), small.size());
  EXPECT_EQ(masks[1].size(), large.size());
  const cv::Mat at_model_size =
      predict_class_masks(model, {resize_image(large, {16, 16})}, torch::kCPU).front();
  const cv::Mat expected = resize_mask(at_model_size, large.size());
  EXPECT_EQ(cv::countNonZero(expected != masks[1]), 0);
}

TEST(PredictProbs, SumToOne) {
  FlexUNet model(toy_network(16));
  const torch::Tensor probs =
      predict_probs(model, {toy_dataset(1, 16).sample(0).image}, torch::kCPU);
  EXPECT_TRUE(torch::allclose(probs.sum(1), torch::ones({1, 16, 16})));
}

}  // namespace
}  // namespace flexunet
