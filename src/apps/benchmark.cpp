#include "apps/benchmark.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "apps/benchmark_report.h"
#include "apps/train_callbacks.h"
#include "flexunet/base/error.h"
#include "flexunet/base/interrupt.h"
#include "flexunet/base/memory.h"
#include "flexunet/base/text.h"
#include "flexunet/checkpoint/weights.h"
#include "flexunet/console/console.h"
#include "flexunet/inference/evaluate.h"
#include "flexunet/inference/predict.h"
#include "flexunet/inference/tiled.h"
#include "flexunet/loader/batch_count.h"
#include "flexunet/model/precision.h"
#include "flexunet/options/network_layers.h"
#include "flexunet/options/project_files.h"
#include "flexunet/report/memory_estimate.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// The shares of the time that each part may take; one step, one batch is always measured.
constexpr double kStepShare = 0.3;
constexpr double kAlternativeShare = 0.15;
constexpr double kValidationShare = 0.15;
constexpr double kDecodingShare = 0.1;

// A folder of the system's for temporary files that is removed with its content.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (fs::temp_directory_path() / "flexunet-benchmark-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw OutputError(
          fmt::format("{}: cannot be created: set TMPDIR to a folder that can be "
                      "written",
                      pattern));
    }
    path_ = pattern;
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// Adds up what epochs took, until the time is up. The first one warms up, and counts only where it
// took all the time.
class StepRecorder : public Callback {
 public:
  StepRecorder(std::size_t steps_an_epoch, double budget, StepTimes& times)
      : steps_(steps_an_epoch), budget_(budget), times_(times) {}

  void on_epoch_end(const EpochResult& result, TrainControl& control) override {
    spent_ += result.train_seconds;
    if (result.epoch > 0 || spent_ >= budget_) add(result);
    if (spent_ >= budget_) control.stop("the time is up");
  }

 private:
  void add(const EpochResult& result) {
    training_ += result.train_seconds;
    waiting_ += std::min(result.waiting_seconds, result.train_seconds);
    images_ += result.images;
    times_.steps += steps_;
    const auto steps = static_cast<double>(times_.steps);
    times_.computing = (training_ - waiting_) / steps;
    times_.waiting = waiting_ / steps;
    times_.images_per_second = static_cast<double>(images_) / training_;
  }

  std::size_t steps_;
  double budget_;
  StepTimes& times_;
  double spent_ = 0;
  double training_ = 0;
  double waiting_ = 0;
  std::size_t images_ = 0;
};

// The first samples of a split as a training has them: in memory, or to be decoded again where no
// cache is to hold them.
struct MeasuredData {
  Dataset samples;
  double decoding_seconds = 0;  // of one sample
};

MeasuredData take_samples(const Dataset& split, std::size_t most, bool keep, double budget) {
  std::vector<Sample> samples;
  const double start = steady_seconds();
  while (samples.size() < std::min(most, split.size()) &&
         (samples.empty() || steady_seconds() - start < budget)) {
    samples.push_back(split.sample(samples.size()));
    throw_if_interrupted();
  }
  const double each = (steady_seconds() - start) / static_cast<double>(samples.size());
  return {keep ? memory_dataset(std::move(samples)) : split, each};
}

class Benchmark {
 public:
  Benchmark(const Session& session, const TrainerOptions& training,
            const std::vector<Dataset>& splits, double seconds)
      : seconds_(seconds),
        session_(session),
        options_(session.options),
        training_(training),
        splits_(splits),
        model_(session.options.network, training.seed) {
    model_->to(session.device);
    // Nothing is learnt, so that nothing can diverge; a step takes the same time.
    training_.optimizer.learning_rate = 0;
    training_.train.on_divergence = DivergencePolicy::kStop;
    training_.train.epochs = std::numeric_limits<int>::max();
    training_.train.validation_steps = 1;
  }

  void run() {
    say(fmt::format("benchmark: takes some {}, writes nothing into the project",
                    duration_text(seconds_)));
    estimate_ = measure_precision(options_.network, training_.train.batch_size, Pass::kTraining,
                                  session_.device);
    take_data();
    const StepTimes step = measure_chosen_steps();
    measure_other_precision(step);
    measure_validation();
    measure_previews();
    try_larger_batches(step);
    try_cache(step);
    const auto steps = static_cast<double>(steps_of_epoch(training_.train.batch_size));
    epoch_.computing = steps * step.computing;
    epoch_.waiting = steps * step.waiting;
    say(describe_epoch(epoch_));
    say(describe_run(epoch_, options_.train.epochs, options_.train.patience > 0));
    say("limited by: " + limited_by(epoch_));
    const std::vector<std::string> lines = suggestions(alternatives_);
    for (const std::string& line : lines) say("suggestion: " + line);
    if (lines.empty()) say("suggestion: none, nothing that was tried is a tenth faster");
  }

 private:
  std::size_t steps_of_epoch(int batch_size) const {
    if (options_.train.steps_per_epoch) {
      return static_cast<std::size_t>(*options_.train.steps_per_epoch);
    }
    return count_batches(splits_[0].size(), batch_size);
  }

  std::size_t steps_of_validation() const {
    return count_batches(splits_[1].size(), training_.train.batch_size,
                         options_.train.validation_steps);
  }

  // What the whole data set would take, as a cache holds it.
  std::uint64_t decoded_bytes() const {
    const NetworkOptions& network = options_.network;
    const auto pixels = static_cast<std::uint64_t>(network.image_width) *
                        static_cast<std::uint64_t>(network.image_height);
    return (splits_[0].size() + splits_[1].size()) * pixels *
           static_cast<std::uint64_t>(network.image_channels + 1);
  }

  void take_data() {
    constexpr std::size_t kMostSamples = 64;
    const auto two_batches = 2 * static_cast<std::size_t>(training_.train.batch_size);
    const bool keep = options_.data.cache != DatasetCache::kNone;
    const std::size_t most = std::max(kMostSamples, two_batches);
    train_ = take_samples(splits_[0], most, keep, kDecodingShare * seconds_);
    valid_ = take_samples(splits_[1], most, keep, kDecodingShare * seconds_);
    say(fmt::format("decoding            {:.1f} ms an image, {}", 1e3 * train_->decoding_seconds,
                    keep ? "once at the start" : "whenever it is needed"));
  }

  // As many steps an epoch as the run has, or as take about a second.
  TrainerOptions measured_training(int batch_size, double seconds_of_step) const {
    TrainerOptions options = training_;
    options.train.batch_size = batch_size;
    const std::size_t all = steps_of_epoch(batch_size);
    const double second = std::ceil(1.0 / std::max(seconds_of_step, 1e-4));
    const std::size_t steps = std::min(all, static_cast<std::size_t>(second));
    const bool is_real_epoch = steps == all && train_->samples.size() == splits_[0].size();
    if (!is_real_epoch) options.train.steps_per_epoch = static_cast<int>(steps);
    return options;
  }

  StepTimes time_steps(Trainer& trainer, const TrainerOptions& options, double budget) const {
    const std::size_t steps = options.train.steps_per_epoch
                                  ? static_cast<std::size_t>(*options.train.steps_per_epoch)
                                  : count_batches(train_->samples.size(), options.train.batch_size);
    StepTimes times;
    Callbacks callbacks;
    callbacks.push_back(std::make_unique<StepRecorder>(steps, budget, times));
    const Dataset one_image = memory_dataset({valid_->samples.sample(0)});
    trainer.fit(train_->samples, one_image, callbacks);
    return times;
  }

  double estimated_step(torch::ScalarType type) const {
    return type == torch::kBFloat16 ? estimate_.seconds.bfloat16 : estimate_.seconds.float32;
  }

  static void say_step(const std::string& what, const StepTimes& times) {
    const double seconds = times.seconds();
    say(fmt::format(
        "{:<20}{}, {:.3g} images/s, {} timed", "step, " + what,
        seconds < 1 ? fmt::format("{:.1f} ms", 1e3 * seconds) : fmt::format("{:.2f} s", seconds),
        times.images_per_second, times.steps));
  }

  // After one that warms up, unless that took all the time.
  double time_single_step() const {
    constexpr double kBudget = 0.5;
    TrainerOptions options = training_;
    options.train.steps_per_epoch = 1;
    options.train.epochs = 2;
    Trainer trainer(model_, options, session_.device);
    return time_steps(trainer, options, kBudget).seconds();
  }

  StepTimes measure_chosen_steps() {
    model_->set_compute_type(session_.compute_type);
    const TrainerOptions options =
        measured_training(training_.train.batch_size, time_single_step());
    Trainer trainer(model_, options, session_.device);
    const StepTimes times = time_steps(trainer, options, kStepShare * seconds_);
    say_step(precision_name(session_.compute_type), times);
    if (times.steps == 1 && times.seconds() > kStepShare * seconds_) {
      say("                    a single step took longer than the time there was for all: others "
          "may be faster");
    }
    say(fmt::format("waiting for data    {:.1f} % of training",
                    100 * times.waiting / times.seconds()));
    measure_checkpoint(trainer);
    return times;
  }

  void measure_checkpoint(const Trainer& trainer) {
    const ScratchFolder folder;
    const auto tensors = 4 * static_cast<std::uint64_t>(parameter_count(options_.network));
    const std::uint64_t needed = 4 * tensors;  // weights and two moments, and the weights alone
    if (fs::space(folder.path()).available < needed + needed / 8) {
      say(fmt::format("checkpoint          not measured: no {} free below {}",
                      readable_bytes(static_cast<std::int64_t>(needed)),
                      fs::temp_directory_path().string()));
      return;
    }
    const double start = steady_seconds();
    trainer.save(folder.path() / kLastCheckpointFile, {});
    save_weights(folder.path() / kBestModelFile, model_, {});
    epoch_.checkpoint = steady_seconds() - start;
    const auto bytes = fs::file_size(folder.path() / kLastCheckpointFile) +
                       fs::file_size(folder.path() / kBestModelFile);
    say(fmt::format(
        "checkpoint          {}, {} (last and best, below {})", duration_text(epoch_.checkpoint),
        readable_bytes(static_cast<std::int64_t>(bytes)), fs::temp_directory_path().string()));
  }

  void measure_other_precision(const StepTimes& chosen) {
    // So many times as slow: it would take its time and end as foreseen.
    constexpr double kHopeless = 3;
    if (estimate_.share == 0) return;
    const torch::ScalarType other =
        session_.compute_type == torch::kFloat32 ? torch::kBFloat16 : torch::kFloat32;
    const std::string name = precision_name(other);
    const double ratio = estimated_step(other) / estimated_step(session_.compute_type);
    if (ratio > kHopeless) {
      say(fmt::format("{:<20}about {:.0f} times as long, by single layers", "step, " + name,
                      ratio));
      return;
    }
    if (ratio * chosen.seconds() > kAlternativeShare * seconds_) {
      say(fmt::format("{:<20}not timed: about {:.2g} times as long, by single layers",
                      "step, " + name, ratio));
      return;
    }
    model_->set_compute_type(other);
    const StepTimes times = time_alternative(training_.train.batch_size, ratio * chosen.seconds());
    model_->set_compute_type(session_.compute_type);
    say_step(name, times);
    alternatives_.push_back(
        {"--precision " + name, times.images_per_second / chosen.images_per_second,
         other == torch::kBFloat16 ? "activations have eight bits of mantissa" : ""});
  }

  StepTimes time_alternative(int batch_size, double seconds_of_step) {
    const TrainerOptions options = measured_training(batch_size, seconds_of_step);
    Trainer trainer(model_, options, session_.device);
    return time_steps(trainer, options, kAlternativeShare * seconds_);
  }

  double time_validation(std::size_t batches) {
    LoaderOptions loading = session_.loading(training_.train.batch_size);
    loading.max_batches = static_cast<int>(batches);
    const double start = steady_seconds();
    evaluate(model_, valid_->samples, loading, training_.loss);
    return steady_seconds() - start;
  }

  void measure_validation() {
    const std::size_t all = steps_of_validation();
    std::size_t batches = 1;
    double seconds = time_validation(batches);
    const std::size_t there = count_batches(valid_->samples.size(), training_.train.batch_size);
    const auto affordable = static_cast<std::size_t>(kValidationShare * seconds_ / seconds);
    if (affordable > 0) {
      batches = std::min({all, there, affordable});
      seconds = time_validation(batches);
    }
    epoch_.validation = seconds * static_cast<double>(all) / static_cast<double>(batches);
    say(fmt::format("validation          {}, {} of {} batches timed",
                    duration_text(epoch_.validation), batches, all));
  }

  void measure_previews() {
    const std::vector<PreviewImage> previews = load_previews(options_);
    if (previews.empty()) return;
    const auto predict = [&] {
      const double start = steady_seconds();
      predict_class_masks(model_, {previews.front().image}, session_.device);
      return steady_seconds() - start;
    };
    predict();  // warms up
    const double seconds = predict();
    std::size_t windows = options_.train.epoch_change_infer ? previews.size() : 0;
    if (options_.train.epoch_change_tiled_infer) {
      for (const PreviewImage& preview : previews) {
        windows += tile_spans(preview.image.rows, options_.tiled_infer).size() *
                   tile_spans(preview.image.cols, options_.tiled_infer).size();
      }
    }
    epoch_.previews = seconds * static_cast<double>(windows);
    say(fmt::format("previews            {}, {} images and windows of them, one timed",
                    duration_text(epoch_.previews), windows));
  }

  // A GPU's memory is not known here: there it is left to the user.
  void try_larger_batches(const StepTimes& chosen) {
    const int batch_size = 2 * training_.train.batch_size;
    const std::int64_t bytes = estimated_training_bytes(
        options_.network, batch_size, static_cast<int>(torch::elementSize(session_.compute_type)));
    if (!session_.device.is_cpu() || static_cast<std::size_t>(batch_size) > splits_[0].size() ||
        static_cast<std::uint64_t>(bytes) > available_memory() ||
        2 * chosen.seconds() > kAlternativeShare * seconds_) {
      return;
    }
    const StepTimes times = time_alternative(batch_size, 2 * chosen.seconds());
    say_step(fmt::format("batch {}", batch_size), times);
    alternatives_.push_back(
        {fmt::format("[train] batch_size = {}", batch_size),
         times.images_per_second / chosen.images_per_second,
         fmt::format("an estimated {} of memory, and half as many steps an epoch to learn from",
                     readable_bytes(bytes))});
  }

  void try_cache(const StepTimes& chosen) {
    if (options_.data.cache != DatasetCache::kNone) return;
    const bool fits = choose_cache(decoded_bytes(), available_memory()) == DatasetCache::kMemory;
    alternatives_.push_back({fmt::format("[dataset] cache = \"{}\"", fits ? "memory" : "disk"),
                             chosen.seconds() / chosen.computing,
                             "at most, where augmentation takes no time"});
  }

  double seconds_;
  const Session& session_;
  const Options& options_;
  TrainerOptions training_;
  const std::vector<Dataset>& splits_;
  FlexUNet model_;
  PrecisionChoice estimate_;
  std::optional<MeasuredData> train_;
  std::optional<MeasuredData> valid_;
  EpochTimes epoch_;
  std::vector<Alternative> alternatives_;
};

}  // namespace

void run_benchmark(const Session& session, const TrainerOptions& training,
                   const std::vector<Dataset>& splits, double seconds) {
  const InterruptHandler handler;
  Benchmark(session, training, splits, seconds).run();
}

}  // namespace flexunet
