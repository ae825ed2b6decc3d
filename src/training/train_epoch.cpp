#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "flexunet/base/interrupt.h"
#include "flexunet/base/random.h"
#include "flexunet/imaging/augmentation.h"
#include "flexunet/loader/batch.h"
#include "flexunet/model/losses.h"
#include "flexunet/training/trainer.h"
#include "training/stopwatch.h"

namespace flexunet {
namespace {

// The samples of an epoch in the order in which they are trained on, cut into batches.
class BatchOrder {
 public:
  BatchOrder(std::size_t samples, std::size_t batch_size, std::uint64_t seed, std::uint64_t epoch)
      : order_(shuffled_order(samples, seed, epoch)), batch_size_(batch_size) {}
  std::size_t batches() const { return (order_.size() + batch_size_ - 1) / batch_size_; }
  std::vector<std::size_t> batch(std::size_t index) const {
    const std::size_t first = index * batch_size_;
    const auto begin = order_.begin() + static_cast<std::ptrdiff_t>(first);
    return {begin,
            begin + static_cast<std::ptrdiff_t>(std::min(batch_size_, order_.size() - first))};
  }

 private:
  std::vector<std::size_t> order_;
  std::size_t batch_size_;
};

std::string describe_divergence(const BatchResult& progress, const Dataset& train,
                                const std::vector<std::size_t>& indices) {
  std::vector<std::string> files;
  for (const std::size_t index : indices) {
    const Sample& sample = train.samples.at(index);
    files.push_back(sample.image_file.empty() ? sample.stem : sample.image_file.string());
  }
  return fmt::format(
      "epoch {}, batch {} of {}: training diverged: the loss is {} at learning rate {} (the batch: "
      "{})",
      progress.epoch + 1, progress.batch + 1, progress.batches, std::abs(progress.loss),
      progress.learning_rate, fmt::join(files, ", "));
}

}  // namespace

Trainer::Outcome Trainer::train_epoch(int epoch, const Dataset& train, const Callbacks& callbacks) {
  constexpr double kSecondsBetweenReports = 0.2;
  const Stopwatch watch;
  const auto counter = static_cast<std::uint64_t>(epoch);
  // Dropout draws from LibTorch's generators: seeded by the epoch, nothing else has to be stored.
  torch::manual_seed(CounterRandom(options_.seed, counter).next());
  const BatchOrder order(train.samples.size(), static_cast<std::size_t>(options_.batch_size),
                         options_.seed, counter);
  BatchResult progress;
  progress.epoch = epoch;
  progress.batches = order.batches();
  progress.learning_rate = optimizer_.learning_rate();
  RunningMeans means(device_);
  double last_report = 0;
  model_->train();
  for (std::size_t index = 0; index < progress.batches; ++index) {
    throw_if_interrupted();
    train_step(draw_batch(epoch, train, order.batch(index)), means);
    progress.seconds = watch.seconds();
    if (index + 1 < progress.batches && progress.seconds - last_report < kSecondsBetweenReports) {
      continue;
    }
    last_report = progress.seconds;
    progress.batch = index;
    progress.images = means.images();
    progress.loss = means.loss();
    progress.metric = means.metric();
    if (!std::isfinite(progress.loss)) {
      progress.batch = means.finite_batches();
      return {{}, describe_divergence(progress, train, order.batch(progress.batch))};
    }
    for (const auto& callback : callbacks) callback->on_batch_end(progress);
  }
  EpochResult result;
  result.epoch = epoch;
  result.loss = progress.loss;
  result.metric = progress.metric;
  result.learning_rate = progress.learning_rate;
  result.images = progress.images;
  return {result, ""};
}

// The variant of a sample depends on seed, epoch and sample alone, not on its place in the order.
Batch Trainer::draw_batch(int epoch, const Dataset& train,
                          const std::vector<std::size_t>& indices) const {
  constexpr std::uint64_t kAugmentationKey = 0x6175676d656e74;  // apart from the draws of the order
  std::vector<Sample> samples;
  for (const std::size_t index : indices) {
    const Sample& source = train.samples.at(index);
    CounterRandom random(options_.seed ^ kAugmentationKey,
                         static_cast<std::uint64_t>(epoch) << 32 | index);
    auto [image, class_mask] =
        augment({source.image, source.class_mask}, options_.augmentation, random);
    samples.push_back({source.stem, std::move(image), std::move(class_mask)});
  }
  return make_batch(samples, device_);
}

void Trainer::train_step(const Batch& batch, RunningMeans& means) {
  const torch::Tensor logits = model_(batch.images);
  const torch::Tensor loss = compute_loss(options_.loss, logits, batch.class_masks);
  optimizer_.step_backward(loss);
  const torch::NoGradGuard no_grad;
  const torch::Tensor probs = torch::softmax(logits, 1);
  means.add(loss, compute_metric(options_.loss, probs, batch.class_masks),
            static_cast<std::size_t>(batch.images.size(0)));
}

}  // namespace flexunet
