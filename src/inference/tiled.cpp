#include "flexunet/inference/tiled.h"

#include <algorithm>
#include <opencv2/core.hpp>

#include "flexunet/imaging/resize.h"
#include "flexunet/inference/predict.h"

namespace flexunet {
namespace {

// How much each pixel of a window counts along one axis: a tent over the window, or one inside the
// cell and zero in the margin.
torch::Tensor axis_weights(const TileSpan& span, int side, bool blending) {
  torch::Tensor weights = torch::zeros({side});
  if (!blending) {
    weights.slice(0, span.cell_begin - span.start, span.cell_end - span.start).fill_(1.0);
    return weights;
  }
  const torch::Tensor position = torch::arange(side, torch::kFloat32) + 0.5;
  return torch::minimum(position, side - position) / (side / 2.0);
}

// The part of the image below the window, padded with black where the image ends.
cv::Mat crop_window(const cv::Mat& image, const TileSpan& row, const TileSpan& column, int side) {
  const int height = std::min(side, image.rows - row.start);
  const int width = std::min(side, image.cols - column.start);
  cv::Mat window;
  cv::copyMakeBorder(image(cv::Rect(column.start, row.start, width, height)), window, 0,
                     side - height, 0, side - width, cv::BORDER_CONSTANT);
  return window;
}

// Weighted probabilities of the rows that later windows still touch.
class Band {
 public:
  Band(int num_classes, int side, int width) : sums_(torch::zeros({num_classes, side, width})) {}

  void add(const torch::Tensor& probs, const torch::Tensor& weights, int column) {
    const auto width = std::min<std::int64_t>(weights.size(1), sums_.size(2) - column);
    sums_.slice(2, column, column + width).add_((probs * weights).slice(2, 0, width));
  }

  // Writes the classes of the first `rows` rows and moves the rest up.
  void finish(int rows, cv::Mat target) {
    // The weights scale all classes of a pixel alike: the argmax needs no division.
    const torch::Tensor classes = sums_.slice(1, 0, rows).argmax(0).to(torch::kUInt8).contiguous();
    cv::Mat(target.rows, target.cols, CV_8UC1, classes.data_ptr<std::uint8_t>()).copyTo(target);
    const auto kept = sums_.size(1) - rows;
    const torch::Tensor rest = sums_.slice(1, rows).clone();
    sums_.zero_();
    sums_.slice(1, 0, kept).copy_(rest);
  }

 private:
  torch::Tensor sums_;
};

}  // namespace

std::vector<TileSpan> tile_spans(int length, const TiledInferOptions& options) {
  const int side = options.split_size + 2 * options.overlapping;
  std::vector<TileSpan> spans;
  for (int begin = 0; begin < length; begin += options.split_size) {
    const int start = std::max(0, std::min(begin - options.overlapping, length - side));
    const int end = std::min(length, begin + options.split_size);
    if (!spans.empty() && spans.back().start == start) {
      spans.back().cell_end = end;
    } else {
      spans.push_back({start, begin, end});
    }
  }
  return spans;
}

cv::Mat predict_tiled(FlexUNet& model, const cv::Mat& image, const TiledInferOptions& options,
                      torch::Device device) {
  const c10::InferenceMode inference;
  const int side = options.split_size + 2 * options.overlapping;
  const cv::Size model_size(model->network().image_width, model->network().image_height);
  const std::vector<TileSpan> rows = tile_spans(image.rows, options);
  const std::vector<TileSpan> columns = tile_spans(image.cols, options);
  cv::Mat class_mask(image.size(), CV_8UC1);
  Band band(model->network().num_classes, side, image.cols);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const torch::Tensor row_weights = axis_weights(rows[i], side, options.blending);
    for (const TileSpan& column : columns) {
      const cv::Mat window = resize_image(crop_window(image, rows[i], column, side), model_size);
      const torch::Tensor probs = torch::upsample_bilinear2d(predict_probs(model, {window}, device),
                                                             {side, side}, /*align_corners=*/false);
      const torch::Tensor weights =
          torch::outer(row_weights, axis_weights(column, side, options.blending));
      band.add(probs[0], weights, column.start);
    }
    const int finished = i + 1 < rows.size() ? rows[i + 1].start : image.rows;
    band.finish(finished - rows[i].start, class_mask.rowRange(rows[i].start, finished));
  }
  return class_mask;
}

}  // namespace flexunet
