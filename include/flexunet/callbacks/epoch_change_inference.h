#pragma once

#include <filesystem>
#include <functional>
#include <opencv2/core/mat.hpp>
#include <string>
#include <vector>

#include "flexunet/imaging/rgb_map.h"
#include "flexunet/training/callback.h"

namespace flexunet {

/// An image to predict after every epoch.
struct PreviewImage {
  std::string stem;
  cv::Mat image;  ///< (H,W) CV_8UC(channels) at its own size
};

/// Predicts a few images after every epoch and writes Epoch_{n}_{stem}.png, n from 1. A preview
/// that cannot be written is handed to `warn`: it is not worth a run.
class EpochChangeInference : public Callback {
 public:
  using Predict = std::function<cv::Mat(const cv::Mat& image)>;
  using Warn = std::function<void(const std::string&)>;
  struct Target {
    std::filesystem::path output_dir;
    RgbMap rgb_map;
    Warn warn;
  };
  EpochChangeInference(std::vector<PreviewImage> images, Predict predict, Target target);
  void on_epoch_end(const EpochResult& result, TrainControl& control) override;

 private:
  std::vector<PreviewImage> images_;
  Predict predict_;
  Target target_;
};

}  // namespace flexunet
