#include "imaging/photometric.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace flexunet {

cv::Mat sharpen(const cv::Mat& image, double k) {
  cv::Mat kernel(3, 3, CV_32FC1, cv::Scalar(-k));
  kernel.at<float>(1, 1) = static_cast<float>(1 + 8 * k);
  cv::Mat sharp;
  cv::filter2D(image, sharp, CV_8U, kernel);
  return sharp;
}

cv::Mat brighten(const cv::Mat& image, double alpha, double beta) {
  cv::Mat bright;
  image.convertTo(bright, CV_8U, alpha, beta);
  return bright;
}

cv::Mat change_gamma(const cv::Mat& image, double gamma) {
  cv::Mat table(1, 256, CV_8UC1);
  for (int value = 0; value < 256; ++value) {
    table.at<std::uint8_t>(value) =
        cv::saturate_cast<std::uint8_t>(255 * std::pow(value / 255.0, gamma));
  }
  cv::Mat changed;
  cv::LUT(image, table, changed);
  return changed;
}

cv::Mat add_noise(const cv::Mat& image, double sigma, CounterRandom& random) {
  cv::Mat noisy(image.size(), image.type());
  const int channels = image.channels();
  for (int y = 0; y < image.rows; ++y) {
    const auto* source = image.ptr<std::uint8_t>(y);
    auto* target = noisy.ptr<std::uint8_t>(y);
    for (int x = 0; x < image.cols; ++x) {
      const auto noise = static_cast<float>(sigma * random.normal());
      for (int c = 0; c < channels; ++c, ++source, ++target) {
        *target = cv::saturate_cast<std::uint8_t>(static_cast<float>(*source) + noise);
      }
    }
  }
  return noisy;
}

cv::Mat blur(const cv::Mat& image, double sigma) {
  constexpr double kVisible = 0.1;
  if (sigma < kVisible) return image;
  cv::Mat blurred;
  cv::GaussianBlur(image, blurred, {}, sigma);
  return blurred;
}

}  // namespace flexunet
