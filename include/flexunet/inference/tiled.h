#pragma once

#include <torch/torch.h>

#include <functional>
#include <opencv2/core/mat.hpp>
#include <vector>

#include "flexunet/model/flexunet.h"
#include "flexunet/options/options.h"

namespace flexunet {

/// A window of an image and the cell of the grid that it stands for.
struct TileSpan {
  int start = 0;       ///< first pixel of the window
  int cell_begin = 0;  ///< first pixel of the cell
  int cell_end = 0;    ///< one past the last pixel of the cell
};

/// The windows that cover `length` pixels: cells of split_size, each with `overlapping` pixels of
/// margin; windows at the edge are moved inwards, so that all have one size, split_size +
/// 2 * overlapping (an image that is smaller is padded).
std::vector<TileSpan> tile_spans(int length, const TiledInferOptions& options);

/// Takes class probabilities (num_classes, rows, W) float32, which sum to 1 over the classes, of
/// the rows from `first_row` on, on the device that computed them. The tensor may be overwritten
/// after the call.
using ProbsSink = std::function<void(int first_row, const torch::Tensor& probs)>;

/// The class probabilities of an image (H,W) CV_8UC(C) of any size, predicted in windows
/// (docs/behaviour.md, "Tiled inference") and handed over in blocks of rows, from top to bottom, as
/// soon as they are done. With options.blending, those of overlapping windows are averaged with
/// weights that fall towards the window's edge; otherwise cells are pasted edge to edge. Beyond the
/// image, memory (the device's) grows with its width alone: num_classes * (split_size + 2 *
/// overlapping) * W * 4 bytes.
void predict_tiled_probs(FlexUNet& model, const cv::Mat& image, const TiledInferOptions& options,
                         torch::Device device, const ProbsSink& sink);

/// The class mask (H,W) CV_8UC1 of an image, the most probable class of predict_tiled_probs.
cv::Mat predict_tiled(FlexUNet& model, const cv::Mat& image, const TiledInferOptions& options,
                      torch::Device device);

}  // namespace flexunet
