#include <cmath>
#include <opencv2/core.hpp>
#include <string>

#include "support/toy_dataset.h"
#include "unit/inference/tiled_probs.h"

namespace flexunet {
namespace {

// A network of four levels whose class probabilities follow the mean brightness of what lies left
// of and above a pixel, up to 44 pixels away: at the left and upper edge of a window it sees the
// zero padding of its convolutions instead, as far as the lowest level reaches.
FlexUNet backward_looking_network() {
  NetworkOptions network = toy_network(64);
  network.num_layers = 4;
  FlexUNet model(network);
  const torch::NoGradGuard no_grad;
  const torch::Tensor back = torch::tensor({{1., 1., 0.}, {1., 1., 0.}, {0., 0., 0.}}) / 4;
  for (auto& item : model->named_parameters()) {
    const std::string& name = item.key();
    torch::Tensor values = item.value().zero_();
    const bool is_weight = name.find(".weight") != std::string::npos;
    if (is_weight && name.find("conv") != std::string::npos) values[0][0].copy_(back);
    if (is_weight && name.find("up") != std::string::npos) values[0][0].fill_(1.0);
    // The way up takes most from below and some from the skip, whose channels come second.
    if (is_weight && name.find("decoder") == 0 && name.find("conv1") != std::string::npos) {
      values[0][0].copy_(0.7 * back);
      values[0][values.size(1) / 2].copy_(0.3 * back);
    }
  }
  constexpr double kGain = 4;
  model->named_parameters()["head.weight"][1][0] = kGain;
  model->named_parameters()["head.bias"][0] = kGain / 2;
  return model;
}

// Smooth tones whose periods have nothing to do with the cells.
cv::Mat waves(cv::Size size) {
  cv::Mat image(size, CV_8UC3);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const double tone = 128 + 60 * std::sin(x / 37.0 + y / 83.0) * std::cos(y / 41.0 - x / 97.0) +
                          50 * std::sin((x + 2 * y) / 71.0);
      image.at<cv::Vec3b>(y, x) = cv::Vec3b::all(cv::saturate_cast<std::uint8_t>(tone));
    }
  }
  return image;
}

struct Lines {
  int dimension;  // 1: between rows, 2: between columns
  int period;     // pixels from one line to the next
  int offset;     // of the lines; may be negative
};

// The mean |difference| of the probabilities of neighbours on both sides of the lines, in relation
// to that of all other neighbours.
double jump_ratio(const torch::Tensor& probs, const Lines& lines) {
  const auto length = probs.size(lines.dimension);
  const torch::Tensor differences =
      (probs.slice(lines.dimension, 1) - probs.slice(lines.dimension, 0, length - 1)).abs();
  const torch::Tensor jumps = differences.mean(torch::IntArrayRef{0, 3 - lines.dimension});
  const torch::Tensor at_line =
      (torch::arange(1, length).sub(lines.offset).remainder(lines.period) == 0).to(torch::kFloat32);
  const torch::Tensor elsewhere = 1 - at_line;
  return ((jumps * at_line).sum() / at_line.sum()).item<double>() /
         ((jumps * elsewhere).sum() / elsewhere.sum()).item<double>();
}

constexpr int kSplit = 48;
constexpr int kMargin = 16;
constexpr double kBar = 1.2;

class TiledSeams : public testing::Test {
 protected:
  static torch::Tensor probs(bool blending) {
    FlexUNet model = backward_looking_network();
    const cv::Mat image = waves({9 * kSplit + 10, 8 * kSplit + 20});
    return whole_probs(model, image, tiles(kSplit, kMargin, blending));
  }
};

TEST_F(TiledSeams, AreGoneWhereWindowsAreBlended) {
  const torch::Tensor blended = probs(true);
  for (const int dimension : {1, 2}) {
    const double ratio = jump_ratio(blended, {dimension, kSplit, 0});
    RecordProperty("jump_ratio_" + std::to_string(dimension), std::to_string(ratio));
    EXPECT_LE(ratio, kBar) << dimension;
  }
}

// A window must not begin or end with a jump either.
TEST_F(TiledSeams, DoNotMoveToTheEdgesOfTheWindows) {
  const torch::Tensor blended = probs(true);
  for (const int dimension : {1, 2}) {
    for (const int offset : {-kMargin, kMargin}) {
      EXPECT_LE(jump_ratio(blended, {dimension, kSplit, offset}), kBar) << dimension << offset;
    }
  }
}

// So the bar tells the two apart.
TEST_F(TiledSeams, ShowWhereCellsArePastedHard) {
  const torch::Tensor pasted = probs(false);
  for (const int dimension : {1, 2}) {
    const double ratio = jump_ratio(pasted, {dimension, kSplit, 0});
    RecordProperty("jump_ratio_" + std::to_string(dimension), std::to_string(ratio));
    EXPECT_GT(ratio, 2 * kBar) << dimension;
  }
}

}  // namespace
}  // namespace flexunet
