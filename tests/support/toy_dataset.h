#pragma once

#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "flexunet/base/random.h"
#include "flexunet/dataset/dataset.h"
#include "flexunet/options/options.h"

namespace flexunet {

/// A bright square (class 1) on a dark ground, at a place of its own in each image.
inline std::vector<Sample> toy_samples(int count, int size) {
  std::vector<Sample> samples;
  for (int i = 0; i < count; ++i) {
    CounterRandom random(1, static_cast<std::uint64_t>(i));
    cv::Mat image(size, size, CV_8UC3, cv::Scalar::all(40));
    cv::Mat mask(size, size, CV_8UC1, cv::Scalar(0));
    const auto range = static_cast<std::uint64_t>(size / 2);
    const cv::Rect square(static_cast<int>(random.below(range)),
                          static_cast<int>(random.below(range)), size / 3, size / 3);
    image(square).setTo(cv::Scalar::all(200));
    mask(square).setTo(cv::Scalar(1));
    samples.push_back({std::to_string(i), image, mask});
  }
  return samples;
}

inline Dataset toy_dataset(int count, int size) { return memory_dataset(toy_samples(count, size)); }

/// A network that learns toy_dataset in a few epochs.
inline NetworkOptions toy_network(int size) {
  NetworkOptions network;
  network.image_width = size;
  network.image_height = size;
  network.num_classes = 2;
  network.base_filters = 4;
  network.num_layers = 2;
  network.dropout_rate = 0.1;
  return network;
}

}  // namespace flexunet
