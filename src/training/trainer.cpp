#include "flexunet/training/trainer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <limits>
#include <utility>

#include "flexunet/base/error.h"
#include "flexunet/base/interrupt.h"
#include "flexunet/base/random.h"
#include "flexunet/imaging/augmentation.h"
#include "flexunet/inference/evaluate.h"
#include "flexunet/loader/batch_loader.h"
#include "flexunet/model/device.h"
#include "flexunet/model/losses.h"
#include "training/epoch_plan.h"
#include "training/step_graph.h"
#include "training/stopwatch.h"

namespace flexunet {
namespace {

void wait_for_writes(const Callbacks& callbacks) {
  for (const auto& callback : callbacks) callback->wait_for_writes();
}

void end_training(const Callbacks& callbacks) {
  const auto end = [&] {
    for (const auto& callback : callbacks) callback->on_train_end();
  };
  try {
    wait_for_writes(callbacks);
  } catch (...) {
    end();
    throw;
  }
  end();
}

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

Trainer::Trainer(FlexUNet model, const TrainerOptions& options, torch::Device device)
    : model_(std::move(model)),
      options_(options),
      device_(device),
      optimizer_(model_->parameters(), options.optimizer),
      control_(options.optimizer.learning_rate) {}

Trainer::~Trainer() = default;

void Trainer::resume(const SafetensorsFile& checkpoint) {
  RunState state = load_run(checkpoint, model_, optimizer_);
  epochs_ = std::move(state.epochs);
  rollbacks_ = state.rollbacks;
  control_.set_learning_rate(state.learning_rate);
}

void Trainer::replace_learning_rate(double learning_rate) {
  control_.set_learning_rate(learning_rate);
  rollbacks_ = 0;
}

RunState Trainer::state() const {
  return {epochs_, control_.learning_rate(), rollbacks_, optimizer_.steps()};
}

RunCopy Trainer::copy() const {
  FlexUNet model = model_;  // a second handle on the same network
  return {model, optimizer_, state()};
}

void Trainer::copy_to(RunCopy& copy) const {
  FlexUNet model = model_;
  copy.take(model, optimizer_, state());
}

void Trainer::save(const std::filesystem::path& path, Metadata metadata) const {
  copy().save(path, std::move(metadata));
}

TrainSummary Trainer::fit(const Dataset& train, const Dataset& valid, const Callbacks& callbacks) {
  const OwnStream stream(device_);
  if (device_.is_cuda() && options_.record_steps && CudaGraph::is_available()) {
    graph_ =
        std::make_unique<StepGraph>([this](const Batch& batch) { return compute_step(batch); });
  }
  for (const auto& callback : callbacks) callback->on_train_begin(epochs_, control_);
  if (rolls_back()) last_good_ = take_snapshot();
  try {
    run_epochs(train, valid, callbacks);
  } catch (...) {
    end_training(callbacks);  // that a completed epoch is not saved matters more: it throws that
    throw;
  }
  end_training(callbacks);
  return summary();
}

void Trainer::run_epochs(const Dataset& train, const Dataset& valid, const Callbacks& callbacks) {
  while (static_cast<int>(epochs_.size()) < options_.train.epochs && !control_.stop_reason()) {
    throw_if_interrupted();
    const Outcome outcome = run_epoch(train, valid, callbacks);
    if (!outcome.divergence.empty()) {
      roll_back(outcome.divergence, callbacks);
      continue;
    }
    wait_for_writes(callbacks);
    throw_if_interrupted();  // once an epoch counts as completed, it is saved
    epochs_.push_back(outcome.result);
    if (rolls_back()) last_good_ = take_snapshot();
    for (const auto& callback : callbacks) callback->on_epoch_end(outcome.result, control_);
  }
}

Trainer::Outcome Trainer::run_epoch(const Dataset& train, const Dataset& valid,
                                    const Callbacks& callbacks) {
  const Stopwatch watch;
  // Halving is exact: a run that is resumed gets the same rate.
  optimizer_.set_learning_rate(std::ldexp(control_.learning_rate(), -rollbacks_));
  Outcome outcome = train_epoch(static_cast<int>(epochs_.size()), train, callbacks);
  if (!outcome.divergence.empty()) return outcome;
  EpochResult& result = outcome.result;
  result.train_seconds = watch.seconds();
  LoaderOptions validation_loading = loading();
  validation_loading.max_batches = options_.train.validation_steps;
  const Evaluation validation = evaluate(model_, valid, validation_loading, options_.loss);
  result.val_loss = validation.loss;
  result.val_metric = validation.metric;
  result.val_foreground_dice = validation.scores.foreground_dice;
  result.seconds = watch.seconds();
  result.waiting_seconds += validation.waiting_seconds;
  if (!std::isfinite(result.val_loss)) {
    outcome.divergence =
        fmt::format("epoch {}: training diverged: val_loss is {} at learning rate {}",
                    result.epoch + 1, std::abs(result.val_loss), result.learning_rate);
  }
  return outcome;
}

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
  if (!options_.train.steps_per_epoch) return train.size();
  return static_cast<std::size_t>(*options_.train.steps_per_epoch) *
         static_cast<std::size_t>(options_.train.batch_size);
}

void Trainer::train_step(const Batch& batch, RunningMeans& means) {
  const std::int64_t images = batch.images.size(0);
  // A shape of its own is worth no search: the last batch of an epoch.
  const AlgorithmSearch search(images == options_.train.batch_size);
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

LoaderOptions Trainer::loading() const {
  return {options_.train.batch_size, options_.loader_workers, device_};
}

std::vector<torch::Tensor> Trainer::state_tensors() const {
  std::vector<torch::Tensor> tensors = model_->parameters();
  for (const torch::Tensor& buffer : model_->buffers()) tensors.push_back(buffer);
  for (const auto* moments : {&optimizer_.first_moments(), &optimizer_.second_moments()}) {
    tensors.insert(tensors.end(), moments->begin(), moments->end());
  }
  return tensors;
}

// On the CPU, so that it takes nothing from a GPU's memory.
Trainer::Snapshot Trainer::take_snapshot() const {
  Snapshot snapshot;
  for (const torch::Tensor& tensor : state_tensors()) {
    snapshot.tensors.push_back(torch::empty_like(tensor, torch::kCPU).copy_(tensor.detach()));
  }
  snapshot.optimizer_steps = optimizer_.steps();
  return snapshot;
}

void Trainer::roll_back(const std::string& divergence, const Callbacks& callbacks) {
  if (!rolls_back() || rollbacks_ == kMaxRollbacks) {
    throw TrainingError(fmt::format(
        "{}{}. What earlier epochs wrote is kept; try a learning rate ten times smaller or a "
        "smaller "
        "clipvalue",
        divergence,
        rolls_back() ? fmt::format(", after it was halved {} times", kMaxRollbacks) : ""));
  }
  ++rollbacks_;
  const torch::NoGradGuard no_grad;
  std::vector<torch::Tensor> tensors = state_tensors();
  for (std::size_t i = 0; i < tensors.size(); ++i) tensors[i].copy_(last_good_.tensors[i]);
  optimizer_.set_steps(last_good_.optimizer_steps);
  for (const auto& callback : callbacks) {
    callback->on_rollback(fmt::format("{}: the epoch is repeated with half of it ({} of {} times)",
                                      divergence, rollbacks_, kMaxRollbacks));
  }
}

TrainSummary Trainer::summary() const {
  TrainSummary summary;
  const Monitor monitor(options_.train.monitor, options_.loss.metric);
  double best_cost = std::numeric_limits<double>::infinity();
  for (const EpochResult& epoch : epochs_) {
    if (monitor.cost(epoch) < best_cost) {
      best_cost = monitor.cost(epoch);
      summary.best_epoch = epoch.epoch;
      summary.best_value = monitor.value(epoch);
    }
  }
  summary.epochs = static_cast<int>(epochs_.size());
  summary.stop_reason = control_.stop_reason().value_or("all epochs are done");
  return summary;
}

}  // namespace flexunet
