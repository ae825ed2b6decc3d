#include "flexunet/inference/tiled.h"

#include <gtest/gtest.h>

#include "flexunet/inference/predict.h"
#include "support/toy_dataset.h"
#include "unit/inference/tiled_probs.h"

namespace flexunet {
namespace {

TEST(TileSpans, CoverEveryPixelOnceWithWindowsInsideTheImage) {
  for (const int length : {1, 15, 16, 17, 40, 100}) {
    for (const int overlapping : {0, 3, 16}) {
      const TiledInferOptions options = tiles(16, overlapping);
      const int side = 16 + 2 * overlapping;
      int next = 0;
      int last_start = -1;
      for (const TileSpan& span : tile_spans(length, options)) {
        EXPECT_EQ(span.cell_begin, next);
        EXPECT_GT(span.start, last_start);
        EXPECT_LE(span.start, span.cell_begin);
        EXPECT_LE(span.cell_end, span.start + side);
        EXPECT_TRUE(span.start + side <= length || span.start == 0);
        next = span.cell_end;
        last_start = span.start;
      }
      EXPECT_EQ(next, length) << length << " pixels, margin " << overlapping;
    }
  }
}

// A window that covers the whole image at model size is the plain prediction.
TEST(PredictTiled, EqualsThePlainPredictionWhereOneWindowDoes) {
  FlexUNet model(toy_network(32));
  const cv::Mat image = toy_dataset(1, 32).sample(0).image;
  const cv::Mat expected = predict_class_masks(model, {image}, torch::kCPU).front();
  for (const bool blending : {true, false}) {
    const cv::Mat mask = predict_tiled(model, image, tiles(32, 0, blending), torch::kCPU);
    EXPECT_EQ(cv::countNonZero(mask != expected), 0);
  }
}

// The classes depend on one pixel's brightness alone: windows, margins and seams must not show.
TEST(PredictTiled, PutsEveryPixelInItsPlace) {
  NetworkOptions network = toy_network(16);
  network.base_kernel = 1;
  network.dropout_rate = 0;
  FlexUNet model(network);
  const torch::NoGradGuard no_grad;
  for (auto& item : model->named_parameters()) item.value().zero_();
  const auto parameters = model->named_parameters();
  // Level 0 passes the red channel on; the head compares it with 0.5.
  torch::Tensor first = parameters["encoder.0.conv1.weight"];
  torch::Tensor second = parameters["encoder.0.conv2.weight"];
  torch::Tensor third = parameters["decoder.0.conv1.weight"];
  torch::Tensor fourth = parameters["decoder.0.conv2.weight"];
  torch::Tensor head = parameters["head.weight"];
  torch::Tensor bias = parameters["head.bias"];
  first[0][0] = 1;
  second[0][0] = 1;
  third[0][network.base_filters] = 1;  // the first channel of the skip
  fourth[0][0] = 1;
  head[1][0] = 1;
  bias[0] = 0.5;
  const Dataset dataset = toy_dataset(2, 57);
  const cv::Mat image = dataset.sample(1).image(cv::Rect(0, 0, 57, 41)).clone();
  const cv::Mat truth = dataset.sample(1).class_mask(cv::Rect(0, 0, 57, 41));
  for (const TiledInferOptions& options : {tiles(16, 0), tiles(8, 4), tiles(8, 4, false)}) {
    const cv::Mat mask = predict_tiled(model, image, options, torch::kCPU);
    ASSERT_EQ(mask.size(), image.size());
    EXPECT_EQ(cv::countNonZero(mask != truth), 0) << options.split_size << options.blending;
  }
}

TEST(PredictTiledProbs, HandsOverEveryRowOnceAndSumsToOne) {
  FlexUNet model(toy_network(16));
  const Dataset dataset = toy_dataset(1, 150);
  for (const cv::Size size : {cv::Size(57, 150), cv::Size(150, 33), cv::Size(9, 7)}) {
    const cv::Mat image = dataset.sample(0).image(cv::Rect({0, 0}, size)).clone();
    for (const TiledInferOptions& options :
         {tiles(16, 0), tiles(16, 8), tiles(16, 8, false), tiles(100, 20)}) {
      const torch::Tensor probs = whole_probs(model, image, options);
      EXPECT_TRUE(torch::allclose(probs.sum(0), torch::ones({size.height, size.width})))
          << size << options.split_size << options.blending;
      EXPECT_GE(probs.min().item<float>(), 0);
      const cv::Mat mask = predict_tiled(model, image, options, torch::kCPU);
      const torch::Tensor classes = probs.argmax(0).to(torch::kUInt8).contiguous();
      const cv::Mat expected(size, CV_8UC1, classes.data_ptr<std::uint8_t>());
      EXPECT_EQ(cv::countNonZero(mask != expected), 0);
    }
  }
}

}  // namespace
}  // namespace flexunet
