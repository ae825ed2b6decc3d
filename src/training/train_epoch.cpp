#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <utility>

#include "flexunet/base/interrupt.h"
#include "flexunet/base/random.h"
#include "flexunet/imaging/augmentation.h"
#include "flexunet/loader/batch_loader.h"
#include "flexunet/model/device.h"
#include "flexunet/model/losses.h"
#include "flexunet/training/trainer.h"
#include "training/epoch_plan.h"
#include "training/step_graph.h"
#include "training/stopwatch.h"

namespace flexunet {
namespace {

// The variant of a sample depends on seed, pass and sample alone, not on its place in the order.
SampleTransform variants_of(const TrainerOptions& options, const EpochPlan& plan) {
  if (options.augmentation.variants.empty()) return {};
  constexpr std::uint64_t kAugmentationKey = 0x6175676d656e74;  // apart from the draws of the order
  return [seed = options.seed ^ kAugmentationKey, &augmentation = options.augmentation, &plan](
             std::size_t place, Sample& sample) {
    CounterRandom random(seed, plan.passes[place] << 32U | plan.order[place]);
    auto [image, mask] = augment({sample.image, sample.class_mask}, augmentation, random);
    sample.image = std::move(image);
    sample.class_mask = std::move(mask);
  };
}

std::string describe_divergence(const BatchResult& progress, const Dataset& train,
                                const std::vector<std::size_t>& indices) {
  std::vector<std::string> files;
  for (const std::size_t index : indices) {
    const SampleInfo& sample = train.info(index);
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
  const EpochPlan plan =
      plan_epoch({train.size(), samples_per_epoch(train), options_.seed}, counter);
  BatchLoader loader(train, plan.order, loading(), variants_of(options_, plan));
  BatchResult progress;
  progress.epoch = epoch;
  progress.batches = loader.batches();
  progress.learning_rate = optimizer_.learning_rate();
  RunningMeans means(device_);
  double last_report = 0;
  model_->train();
  for (std::size_t index = 0; index < progress.batches; ++index) {
    throw_if_interrupted();
    train_step(loader.next(), means);
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
      return {{}, describe_divergence(progress, train, loader.indices(progress.batch))};
    }
    for (const auto& callback : callbacks) callback->on_batch_end(progress);
  }
  EpochResult result;
  result.epoch = epoch;
  result.loss = progress.loss;
  result.metric = progress.metric;
  result.learning_rate = progress.learning_rate;
  result.images = progress.images;
  result.waiting_seconds = loader.waiting_seconds();
  return {result, ""};
}

std::size_t Trainer::samples_per_epoch(const Dataset& train) const {
  if (!options_.steps_per_epoch) return train.size();
  return static_cast<std::size_t>(*options_.steps_per_epoch) *
         static_cast<std::size_t>(options_.batch_size);
}

void Trainer::train_step(const Batch& batch, RunningMeans& means) {
  const std::int64_t images = batch.images.size(0);
  // A shape of its own is worth no search: the last batch of an epoch.
  const AlgorithmSearch search(images == options_.batch_size);
  optimizer_.begin_step();
  const StepResult result = graph_ ? graph_->run(batch) : compute_step(batch);
  if (graph_) optimizer_.mark_parameters_changed();
  means.add(result.loss, result.metric, static_cast<std::size_t>(images));
}

StepResult Trainer::compute_step(const Batch& batch) {
  const torch::Tensor logits = model_(batch.images);
  const torch::Tensor loss = compute_loss(options_.loss, logits, batch.class_masks);
  optimizer_.update_backward(loss);
  const torch::NoGradGuard no_grad;
  return {loss.detach(),
          compute_metric(options_.loss, torch::softmax(logits, 1), batch.class_masks)};
}

}  // namespace flexunet
