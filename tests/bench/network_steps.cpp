#include "bench/network_steps.h"

#include <chrono>
#include <memory>

#include "flexunet/inference/predict.h"
#include "flexunet/training/trainer.h"

namespace flexunet {
namespace {

class TrainSeconds : public Callback {
 public:
  explicit TrainSeconds(std::vector<double>& seconds) : seconds_(seconds) {}
  void on_epoch_end(const EpochResult& result, TrainControl&) override {
    seconds_.push_back(result.train_seconds);
  }

 private:
  std::vector<double>& seconds_;
};

}  // namespace

std::vector<double> training_seconds(FlexUNet model, const Options& options, const Dataset& batch,
                                     int steps) {
  TrainerOptions trainer_options;
  trainer_options.train.epochs = steps;
  trainer_options.train.batch_size = static_cast<int>(batch.size());
  trainer_options.loss = options.loss;
  trainer_options.optimizer = options.optimizer;
  const Dataset valid = memory_dataset({batch.sample(0)});
  std::vector<double> seconds;
  Callbacks callbacks;
  callbacks.push_back(std::make_unique<TrainSeconds>(seconds));
  Trainer(std::move(model), trainer_options, torch::kCPU).fit(batch, valid, callbacks);
  return seconds;
}

std::vector<double> prediction_seconds(FlexUNet model, const Dataset& batch, int steps) {
  std::vector<cv::Mat> images;
  for (std::size_t i = 0; i < batch.size(); ++i) images.push_back(batch.sample(i).image);
  std::vector<double> seconds;
  for (int step = 0; step < steps; ++step) {
    const auto start = std::chrono::steady_clock::now();
    predict_probs(model, images, torch::kCPU);
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - start;
    seconds.push_back(passed.count());
  }
  return seconds;
}

}  // namespace flexunet
