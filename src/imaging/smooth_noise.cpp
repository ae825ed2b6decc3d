#include "imaging/smooth_noise.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

namespace flexunet {
namespace {

// Pixels a side of the coarse grid's cells: at least four cells are left for each sigma.
int cell_side(double sigma) { return std::max(1, static_cast<int>(sigma / 4)); }

cv::Mat draw_noise(const SmoothNoise& noise, int cell, const std::function<double()>& draw) {
  cv::Mat values((noise.size.height + cell - 1) / cell, (noise.size.width + cell - 1) / cell,
                 CV_32FC1);
  for (int y = 0; y < values.rows; ++y) {
    auto* row = values.ptr<float>(y);
    for (int x = 0; x < values.cols; ++x) row[x] = static_cast<float>(draw() / cell);
  }
  return values;
}

// -x / sigma^2 times the Gaussian, turned round because OpenCV correlates, for pixels of a grid
// whose cells are so many pixels wide.
std::vector<float> derivative_weights(double sigma, int cell) {
  std::vector<float> weights = gaussian_weights(sigma);
  const int radius = static_cast<int>(weights.size() / 2);
  for (int i = -radius; i <= radius; ++i) {
    weights[static_cast<std::size_t>(i + radius)] *= static_cast<float>(i / (sigma * sigma * cell));
  }
  return weights;
}

class Grid {
 public:
  Grid(const SmoothNoise& noise, const std::function<double()>& draw)
      : noise_(noise), cell_(cell_side(noise.sigma)), values_(draw_noise(noise, cell_, draw)) {}

  double sigma() const { return noise_.sigma / cell_; }
  int cell() const { return cell_; }

  cv::Mat filtered(const std::vector<float>& along_x, const std::vector<float>& along_y) const {
    const int border = noise_.zero_outside ? cv::BORDER_CONSTANT : cv::BORDER_REFLECT;
    cv::Mat filtered;
    cv::sepFilter2D(values_, filtered, CV_32F, along_x, along_y, {-1, -1}, 0, border);
    if (cell_ == 1) return filtered;
    cv::Mat enlarged;
    cv::resize(filtered, enlarged, {filtered.cols * cell_, filtered.rows * cell_}, 0, 0,
               cv::INTER_CUBIC);
    return enlarged(cv::Rect({0, 0}, noise_.size));
  }

 private:
  const SmoothNoise& noise_;
  int cell_;
  cv::Mat values_;
};

}  // namespace

std::vector<float> gaussian_weights(double sigma) {
  const int radius = static_cast<int>(4 * sigma + 0.5);
  std::vector<double> weights;
  double sum = 0;
  for (int i = -radius; i <= radius; ++i) {
    weights.push_back(std::exp(-0.5 * i * i / (sigma * sigma)));
    sum += weights.back();
  }
  std::vector<float> normalized;
  for (const double weight : weights) normalized.push_back(static_cast<float>(weight / sum));
  return normalized;
}

cv::Mat SmoothNoise::values(const std::function<double()>& draw) const {
  const Grid grid(*this, draw);
  const std::vector<float> weights = gaussian_weights(grid.sigma());
  return grid.filtered(weights, weights);
}

std::pair<cv::Mat, cv::Mat> SmoothNoise::derivatives(const std::function<double()>& draw) const {
  const Grid grid(*this, draw);
  const std::vector<float> weights = gaussian_weights(grid.sigma());
  const std::vector<float> derivative = derivative_weights(grid.sigma(), grid.cell());
  return {grid.filtered(derivative, weights), grid.filtered(weights, derivative)};
}

}  // namespace flexunet
