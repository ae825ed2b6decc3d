#include "flexunet/training/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "flexunet/base/error.h"
#include "flexunet/base/random.h"
#include "flexunet/imaging/augmentation.h"
#include "flexunet/inference/evaluate.h"
#include "flexunet/loader/batch.h"
#include "flexunet/model/losses.h"

namespace flexunet {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void require_finite(const EpochResult& result) {
  if (std::isfinite(result.loss) && std::isfinite(result.val_loss)) return;
  throw TrainingError(fmt::format(
      "epoch {}: loss {}, val_loss {}: training diverged at learning rate {}. What earlier epochs "
      "wrote is kept; try a learning rate ten times smaller, or a smaller clipvalue",
      result.epoch + 1, std::abs(result.loss), std::abs(result.val_loss), result.learning_rate));
}

}  // namespace

Trainer::Trainer(FlexUNet model, const TrainerOptions& options, torch::Device device)
    : model_(std::move(model)),
      options_(options),
      device_(device),
      optimizer_(model_->parameters(), options.optimizer) {}

TrainSummary Trainer::fit(const Dataset& train, const Dataset& valid, const Callbacks& callbacks) {
  TrainSummary summary;
  TrainControl control(optimizer_.learning_rate());
  for (const auto& callback : callbacks) callback->on_train_begin(control);
  double best_cost = std::numeric_limits<double>::infinity();
  for (int epoch = 0; epoch < options_.epochs && !control.stop_reason(); ++epoch) {
    const auto start = Clock::now();
    optimizer_.set_learning_rate(control.learning_rate());
    EpochResult result = train_epoch(epoch, train, callbacks);
    result.train_seconds = seconds_since(start);
    const Evaluation validation =
        evaluate(model_, valid, options_.batch_size, options_.loss, device_);
    result.val_loss = validation.loss;
    result.val_metric = validation.metric;
    result.val_foreground_dice = validation.scores.foreground_dice;
    result.seconds = seconds_since(start);
    require_finite(result);
    if (options_.monitor.cost(result) < best_cost) {
      best_cost = options_.monitor.cost(result);
      summary.best_epoch = epoch;
      summary.best_value = options_.monitor.value(result);
    }
    summary.epochs = epoch + 1;
    for (const auto& callback : callbacks) callback->on_epoch_end(result, control);
  }
  summary.stop_reason = control.stop_reason().value_or("all epochs are done");
  return summary;
}

EpochResult Trainer::train_epoch(int epoch, const Dataset& train, const Callbacks& callbacks) {
  constexpr double kSecondsBetweenReports = 0.2;
  const auto start = Clock::now();
  const auto counter = static_cast<std::uint64_t>(epoch);
  // Dropout draws from LibTorch's generators: seeded by the epoch, nothing else has to be stored.
  torch::manual_seed(CounterRandom(options_.seed, counter).next());
  const auto order = shuffled_order(train.samples.size(), options_.seed, counter);
  const auto batch_size = static_cast<std::size_t>(options_.batch_size);
  BatchResult progress;
  progress.epoch = epoch;
  progress.batches = (order.size() + batch_size - 1) / batch_size;
  progress.learning_rate = optimizer_.learning_rate();
  RunningMeans means(device_);
  double last_report = 0;
  model_->train();
  for (std::size_t index = 0; index < progress.batches; ++index) {
    const std::size_t first = index * batch_size;
    const std::size_t count = std::min(batch_size, order.size() - first);
    const auto begin = order.begin() + static_cast<std::ptrdiff_t>(first);
    train_step(draw_batch(epoch, train, {begin, begin + static_cast<std::ptrdiff_t>(count)}),
               means);
    progress.seconds = seconds_since(start);
    if (index + 1 < progress.batches && progress.seconds - last_report < kSecondsBetweenReports) {
      continue;
    }
    last_report = progress.seconds;
    progress.batch = index;
    progress.images = means.images();
    progress.loss = means.loss();
    progress.metric = means.metric();
    for (const auto& callback : callbacks) callback->on_batch_end(progress);
  }
  EpochResult result;
  result.epoch = epoch;
  result.loss = means.loss();
  result.metric = means.metric();
  result.learning_rate = optimizer_.learning_rate();
  result.images = means.images();
  return result;
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
  optimizer_.zero_grad();
  const torch::Tensor logits = model_(batch.images);
  const torch::Tensor loss = compute_loss(options_.loss, logits, batch.class_masks);
  loss.backward();
  optimizer_.step();
  const torch::NoGradGuard no_grad;
  const torch::Tensor probs = torch::softmax(logits, 1);
  means.add(loss, compute_metric(options_.loss, probs, batch.class_masks),
            static_cast<std::size_t>(batch.images.size(0)));
}

}  // namespace flexunet
