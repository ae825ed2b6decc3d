#include "imaging/warp_fields.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>

#include "imaging/smooth_noise.h"

namespace flexunet {
namespace {

constexpr double kPi = 3.14159265358979323846;

// A field from the source's place of each pixel.
template <typename SourceOf>
WarpField make_field(cv::Size size, WarpBorder border, SourceOf source_of) {
  WarpField field{cv::Mat(size, CV_32FC1), cv::Mat(size, CV_32FC1), border};
  for (int y = 0; y < size.height; ++y) {
    auto* row_x = field.x.ptr<float>(y);
    auto* row_y = field.y.ptr<float>(y);
    for (int x = 0; x < size.width; ++x) {
      const cv::Point2d source = source_of(x, y);
      row_x[x] = static_cast<float>(source.x);
      row_y[x] = static_cast<float>(source.y);
    }
  }
  return field;
}

// Each pixel displaced by what stands in two fields; the fields become the result.
WarpField displaced(cv::Mat dx, cv::Mat dy, WarpBorder border) {
  for (int y = 0; y < dx.rows; ++y) {
    auto* row_x = dx.ptr<float>(y);
    auto* row_y = dy.ptr<float>(y);
    for (int x = 0; x < dx.cols; ++x) {
      row_x[x] += static_cast<float>(x);
      row_y[x] += static_cast<float>(y);
    }
  }
  return {std::move(dx), std::move(dy), border};
}

// In the coordinates of pixel centres.
cv::Point2d centre_of(cv::Size size) { return {(size.width - 1) / 2.0, (size.height - 1) / 2.0}; }

int longer_side(cv::Size size) { return std::max(size.width, size.height); }

double maximum(const cv::Mat& values) {
  double largest = 0;
  cv::minMaxLoc(values, nullptr, &largest);
  return largest;
}

}  // namespace

WarpField rotation_field(cv::Size size, double degrees) {
  const cv::Point2d c = centre_of(size);
  const double cosine = std::cos(degrees * kPi / 180), sine = std::sin(degrees * kPi / 180);
  return make_field(size, WarpBorder::kCornerColor, [=](int x, int y) {
    const double dx = x - c.x, dy = y - c.y;
    return cv::Point2d(c.x + cosine * dx - sine * dy, c.y + sine * dx + cosine * dy);
  });
}

WarpField shrinking_field(cv::Size size, double ratio) {
  const cv::Point2d c = centre_of(size);
  return make_field(size, WarpBorder::kCornerColor, [=](int x, int y) {
    return cv::Point2d(c.x + (x - c.x) / ratio, c.y + (y - c.y) / ratio);
  });
}

WarpField shearing_field(cv::Size size, double slope) {
  const cv::Point2d c = centre_of(size);
  return make_field(size, WarpBorder::kCornerColor,
                    [=](int x, int y) { return cv::Point2d(x, y - slope * (x - c.x)); });
}

WarpField deformation_field(cv::Size size, const Deformation& deformation, CounterRandom& random) {
  const std::vector<float> weights = gaussian_weights(deformation.sigma);
  double left = 0;  // of the variance, by the filter across three channels
  for (std::size_t i = weights.size() / 2; i < std::min(weights.size(), weights.size() / 2 + 3);
       ++i) {
    left += std::pow(weights[i], 2);
  }
  const double scale = deformation.alpha * std::sqrt(left);
  const SmoothNoise noise{size, deformation.sigma, true};
  const auto draw = [&] { return scale * random.uniform(-1, 1); };
  cv::Mat dx = noise.values(draw);
  cv::Mat dy = noise.values(draw);
  return displaced(std::move(dx), std::move(dy), WarpBorder::kNearestEdge);
}

WarpField distortion_field(cv::Size size, const Distortion& distortion, CounterRandom& random) {
  const int side = longer_side(size);
  const SmoothNoise noise{{side, side}, distortion.sigma, false};
  auto [dx, dy] = noise.derivatives([&] { return random.normal(); });
  const double largest = std::floor(distortion.size * side);
  const cv::Rect part({0, 0}, size);
  for (cv::Mat* displacement : {&dx, &dy}) {
    const double peak = maximum(*displacement);
    *displacement = (*displacement)(part) * (peak > 0 ? -largest / peak : 0.0);
  }
  return displaced(std::move(dx), std::move(dy), WarpBorder::kNearestEdge);
}

WarpField lens_field(cv::Size size, const LensDistortion& lens) {
  const double radius = lens.radius * size.width;
  const cv::Point2d c(lens.center[0] * size.width, lens.center[1] * size.height);
  return make_field(size, WarpBorder::kCornerColor, [=](int x, int y) {
    const double dx = x - c.x, dy = y - c.y;
    const double r = std::hypot(dx, dy);
    if (r >= radius || r == 0) return cv::Point2d(x, y);
    const double factor = std::pow(std::sin(kPi * r / (2 * radius)), lens.amount);
    return cv::Point2d(c.x + factor * dx, c.y + factor * dy);
  });
}

WarpField crop_field(cv::Size size, const Crop& crop, CounterRandom& random) {
  const double scale = random.uniform(crop.scale, 1.0);
  const double left = random.uniform(0.0, size.width * (1 - scale));
  const double top = random.uniform(0.0, size.height * (1 - scale));
  return make_field(size, WarpBorder::kNearestEdge, [=](int x, int y) {
    return cv::Point2d(left + (x + 0.5) * scale - 0.5, top + (y + 0.5) * scale - 0.5);
  });
}

WarpField elastic_field(cv::Size size, const Elastic& elastic, CounterRandom& random) {
  const double degrees = random.uniform(-elastic.rotation, elastic.rotation);
  const double scale = random.uniform(elastic.low_scale, elastic.high_scale);
  const double shift_x = size.width * random.uniform(-elastic.shift, elastic.shift);
  const double shift_y = size.height * random.uniform(-elastic.shift, elastic.shift);
  const double sigma = elastic.sigma * longer_side(size);
  // What the filter leaves of noise with a standard deviation of 1.
  const double left = 1 / (2 * std::sqrt(kPi) * sigma);
  const double strength = elastic.displacement * longer_side(size) / left;
  const SmoothNoise noise{size, sigma, false};
  const auto draw = [&] { return strength * random.normal(); };
  const cv::Mat dx = noise.values(draw);
  const cv::Mat dy = noise.values(draw);
  const cv::Point2d c = centre_of(size);
  const double cosine = std::cos(degrees * kPi / 180) / scale;
  const double sine = std::sin(degrees * kPi / 180) / scale;
  return make_field(size, WarpBorder::kCornerColor, [&](int x, int y) {
    const double px = x - c.x - shift_x, py = y - c.y - shift_y;
    return cv::Point2d(c.x + cosine * px - sine * py + dx.at<float>(y, x),
                       c.y + sine * px + cosine * py + dy.at<float>(y, x));
  });
}

}  // namespace flexunet
