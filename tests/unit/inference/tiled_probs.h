#pragma once

#include <gtest/gtest.h>

#include "flexunet/inference/tiled.h"

namespace flexunet {

/// Cells of split_size pixels with a margin.
inline TiledInferOptions tiles(int split_size, int overlapping, bool blending = true) {
  TiledInferOptions options;
  options.split_size = split_size;
  options.overlapping = overlapping;
  options.blending = blending;
  return options;
}

/// The class probabilities (num_classes,H,W) of a whole image. Expects every row once, in order.
inline torch::Tensor whole_probs(FlexUNet& model, const cv::Mat& image,
                                 const TiledInferOptions& options) {
  torch::Tensor probs = torch::full({model->network().num_classes, image.rows, image.cols}, -1.0);
  int next_row = 0;
  predict_tiled_probs(model, image, options, torch::kCPU,
                      [&](int first_row, const torch::Tensor& rows) {
                        EXPECT_EQ(first_row, next_row);
                        next_row += static_cast<int>(rows.size(1));
                        probs.slice(1, first_row, next_row).copy_(rows);
                      });
  EXPECT_EQ(next_row, image.rows);
  return probs;
}

}  // namespace flexunet
