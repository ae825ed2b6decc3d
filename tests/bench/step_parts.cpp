#include "bench/step_parts.h"

#include <algorithm>
#include <chrono>

#include "flexunet/base/random.h"
#include "flexunet/imaging/augmentation.h"
#include "flexunet/loader/batch.h"
#include "flexunet/model/losses.h"
#include "flexunet/model/running_means.h"
#include "flexunet/training/adam.h"
#include "support/batches.h"
#include "support/optimizer_step.h"

namespace flexunet {
namespace {

using Clock = std::chrono::steady_clock;

// Collects the seconds of named parts over many steps.
class PartsClock {
 public:
  void start() {
    last_ = Clock::now();
    part_ = 0;
  }
  // Ends the part that began with the one before.
  void end(const std::string& name) {
    const Clock::time_point now = Clock::now();
    if (part_ == parts_.size()) parts_.push_back({name, {}});
    parts_[part_++].second.push_back(std::chrono::duration<double>(now - last_).count());
    last_ = now;
  }
  // Without the first step.
  StepParts medians() const {
    StepParts medians;
    for (auto [name, seconds] : parts_) {
      const auto middle = seconds.begin() + 1 + static_cast<std::ptrdiff_t>(seconds.size() - 1) / 2;
      std::nth_element(seconds.begin() + 1, middle, seconds.end());
      medians.emplace_back(name, *middle);
    }
    return medians;
  }

 private:
  std::vector<std::pair<std::string, std::vector<double>>> parts_;
  std::size_t part_ = 0;
  Clock::time_point last_;
};

Batch draw_batch(const Options& options, const Dataset& dataset) {
  CounterRandom random(1, 0);
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < dataset.size(); ++i) {
    const Sample source = dataset.sample(i);
    auto [image, class_mask] =
        augment({source.image, source.class_mask}, options.augmentation, random);
    samples.push_back({source.stem, std::move(image), std::move(class_mask)});
  }
  return make_batch(samples, torch::kCPU);
}

}  // namespace

StepParts step_parts(FlexUNet model, const Options& options, const Dataset& dataset, int steps) {
  Adam optimizer(model->parameters(), options.optimizer);
  RunningMeans means(torch::kCPU);
  PartsClock clock;
  model->train();
  for (int step = 0; step <= steps; ++step) {
    clock.start();
    const Batch batch = draw_batch(options, dataset);
    clock.end("batch");
    const torch::Tensor logits = model(batch.images);
    clock.end("forward");
    const torch::Tensor loss = compute_loss(options.loss, logits, batch.class_masks);
    clock.end("loss");
    step_backward(optimizer, loss);
    clock.end("backward_and_adam");
    const torch::NoGradGuard no_grad;
    const torch::Tensor metric =
        compute_metric(options.loss, torch::softmax(logits, 1), batch.class_masks);
    means.add(loss, metric, dataset.size());
    clock.end("metric");
  }
  return clock.medians();
}

}  // namespace flexunet
