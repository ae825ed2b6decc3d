#include "flexunet/inference/tiled.h"

#include <algorithm>
#include <cstring>
#include <opencv2/core.hpp>

#include "flexunet/imaging/resize.h"
#include "flexunet/inference/predict.h"

namespace flexunet {
namespace {

constexpr double kSmallestWeight = 1e-12;

// How much each pixel of a window counts along one axis: a tent over the window, or one inside the
// cell and zero in the margin.
torch::Tensor span_weights(const TileSpan& span, int side, bool blending) {
  torch::Tensor weights = torch::zeros({side});
  if (!blending) {
    weights.slice(0, span.cell_begin - span.start, span.cell_end - span.start).fill_(1.0);
    return weights;
  }
  const torch::Tensor position = torch::arange(side, torch::kFloat32) + 0.5;
  return torch::minimum(position, side - position) / (side / 2.0);
}

// The windows along one axis and how much each of their pixels counts.
struct Axis {
  std::vector<TileSpan> spans;
  std::vector<torch::Tensor> weights;  // of each window; sum to 1 at every pixel of the image
  void to(torch::Device device) {
    for (torch::Tensor& each : weights) each = each.to(device);
  }
};

// Windows form a grid, so that weights that sum to 1 along either axis sum to 1 in the plane.
Axis make_axis(int length, const TiledInferOptions& options) {
  const int side = options.split_size + 2 * options.overlapping;
  Axis axis{tile_spans(length, options), {}};
  torch::Tensor sums = torch::zeros({std::max(length, side)});
  for (const TileSpan& span : axis.spans) {
    axis.weights.push_back(span_weights(span, side, options.blending));
    sums.slice(0, span.start, span.start + side).add_(axis.weights.back());
  }
  for (std::size_t i = 0; i < axis.spans.size(); ++i) {
    const int start = axis.spans[i].start;
    // Below an image that is smaller than its window there is padding that nobody counts.
    axis.weights[i].div_(sums.slice(0, start, start + side).clamp_min(kSmallestWeight));
  }
  return axis;
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
  Band(int num_classes, int side, int width, torch::Device device)
      : sums_(torch::zeros({num_classes, side, width}, device)) {}

  void add(const torch::Tensor& probs, const torch::Tensor& weights, int column) {
    const auto width = std::min<std::int64_t>(weights.size(1), sums_.size(2) - column);
    sums_.slice(2, column, column + width).add_((probs * weights).slice(2, 0, width));
  }

  // Hands over the first `rows` rows, in blocks so that the sink needs little memory, and moves the
  // rest up.
  void finish(int first_row, int rows, const ProbsSink& sink) {
    constexpr int kBlock = 64;
    for (int row = 0; row < rows; row += kBlock) {
      sink(first_row + row, sums_.slice(1, row, std::min(rows, row + kBlock)));
    }
    const auto side = sums_.size(1);
    // Never more rows at once than they move: what is read must not overlap what is written.
    for (std::int64_t from = rows; from < side; from += rows) {
      const auto to = std::min(side, from + rows);
      sums_.slice(1, from - rows, to - rows).copy_(sums_.slice(1, from, to));
    }
    sums_.slice(1, side - rows).zero_();
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

void predict_tiled_probs(FlexUNet& model, const cv::Mat& image, const TiledInferOptions& options,
                         torch::Device device, const ProbsSink& sink) {
  const c10::InferenceMode inference;
  const int side = options.split_size + 2 * options.overlapping;
  const cv::Size model_size(model->network().image_width, model->network().image_height);
  Axis rows = make_axis(image.rows, options);
  Axis columns = make_axis(image.cols, options);
  rows.to(device);
  columns.to(device);
  // A CPU gains nothing by more, which would cost it memory.
  const auto batch_size = static_cast<std::size_t>(device.is_cpu() ? 1 : options.batch_size);
  Band band(model->network().num_classes, side, image.cols, device);
  for (std::size_t i = 0; i < rows.spans.size(); ++i) {
    const TileSpan& row = rows.spans[i];
    for (std::size_t first = 0; first < columns.spans.size(); first += batch_size) {
      const std::size_t last = std::min(columns.spans.size(), first + batch_size);
      std::vector<cv::Mat> windows;
      for (std::size_t j = first; j < last; ++j) {
        windows.push_back(
            resize_image(crop_window(image, row, columns.spans[j], side), model_size));
      }
      const torch::Tensor probs =
          torch::upsample_bilinear2d(predict_probs(model, windows, device), {side, side},
                                     /*align_corners=*/false);
      for (std::size_t j = first; j < last; ++j) {
        band.add(probs[static_cast<std::int64_t>(j - first)],
                 torch::outer(rows.weights[i], columns.weights[j]), columns.spans[j].start);
      }
    }
    const int finished = i + 1 < rows.spans.size() ? rows.spans[i + 1].start : image.rows;
    band.finish(row.start, finished - row.start, sink);
  }
}

cv::Mat predict_tiled(FlexUNet& model, const cv::Mat& image, const TiledInferOptions& options,
                      torch::Device device) {
  const c10::InferenceMode inference;
  cv::Mat class_mask(image.size(), CV_8UC1);
  predict_tiled_probs(
      model, image, options, device, [&](int first_row, const torch::Tensor& probs) {
        const torch::Tensor classes = probs.argmax(0).to(torch::kUInt8).cpu().contiguous();
        std::memcpy(class_mask.ptr(first_row), classes.data_ptr<std::uint8_t>(),
                    static_cast<std::size_t>(classes.numel()));
      });
  return class_mask;
}

}  // namespace flexunet
