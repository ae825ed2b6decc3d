#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "apps/benchmark.h"
#include "apps/output_folders.h"
#include "apps/precision.h"
#include "apps/previous_run.h"
#include "apps/run_description.h"
#include "apps/run_to_resume.h"
#include "apps/session.h"
#include "apps/train_callbacks.h"
#include "apps/version.h"
#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/folder_lock.h"
#include "flexunet/base/interrupt.h"
#include "flexunet/base/text.h"
#include "flexunet/console/console.h"
#include "flexunet/console/program.h"
#include "flexunet/console/progress.h"
#include "flexunet/dataset/mask_fit.h"
#include "flexunet/imaging/augmentation.h"
#include "flexunet/keras/keras_weights.h"
#include "flexunet/model/losses.h"
#include "flexunet/options/names.h"
#include "flexunet/options/network_layers.h"
#include "flexunet/options/project_files.h"
#include "flexunet/report/memory_estimate.h"
#include "flexunet/training/trainer.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

/// What flexunet-train alone understands.
struct TrainArguments {
  bool resume = false;
  bool benchmark = false;
  double benchmark_seconds = 20;
  const CLI::Option* seed = nullptr;  ///< whether one was given
  fs::path init;                      ///< the model whose weights training starts from; empty: none
  std::string init_head = "same";
};

// Opens the model folder with its log and its copy of the config; unless its run goes on, earlier
// results move away first.
void open_model_folder(const Options& options, const Arguments& arguments, FolderLock& model_dir,
                       bool goes_on) {
  if (!goes_on) {
    if (const auto moved = set_previous_run_aside(options, model_dir)) {
      say(fmt::format("the results of the previous run are now in {}", moved->string()));
    }
  }
  open_log_file(options.train.model_dir / kLogFile, goes_on);
  write_file(options.train.model_dir / options.config_file.filename(),
             read_file(options.config_file));
  for (const std::string& text : arguments.overrides) say(fmt::format("--set {}", text));
}

void say_summary(const Options& options, const TrainSummary& summary) {
  say(fmt::format("stopped after {} epochs: {}", summary.epochs, summary.stop_reason));
  say(fmt::format("best epoch: {} with {} {:.4f}", summary.best_epoch + 1,
                  name_of(options.train.monitor, options.loss.metric), summary.best_value));
  say("files written:");
  const TrainOptions& train = options.train;
  const fs::path files[] = {train.model_dir / kBestModelFile,
                            train.model_dir / kLastCheckpointFile,
                            train.model_dir / kPreviousCheckpointFile,
                            train.model_dir / kLogFile,
                            train.model_dir / options.config_file.filename(),
                            train.eval_dir / kLossesTable,
                            train.eval_dir / kLossesCurve,
                            train.eval_dir / kMetricsTable,
                            train.eval_dir / kMetricsCurve,
                            options.project_dir / kHistoryFile};
  for (const fs::path& file : files) {
    if (fs::exists(file)) say("  " + file.string());
  }
  for (const fs::path& folder :
       {train.epoch_change_infer_dir, train.epoch_change_tiled_infer_dir}) {
    const std::size_t count = list_files(folder).size();
    if (count > 0) say(fmt::format("  {} ({} masks)", folder.string(), count));
  }
}

// BatchNorm has no variance to divide by where a batch has one value a channel.
void require_batches_to_normalize(const Options& options, std::size_t images) {
  const NetworkOptions& network = options.network;
  const LevelShape bridge = level_shape(network, network.num_layers - 1);
  const bool one_pixel = bridge.width == 1 && bridge.height == 1;
  const auto batch_size = static_cast<std::size_t>(options.train.batch_size);
  if (network.normalization != NormalizationKind::kBatch || !one_pixel ||
      (batch_size > 1 && (options.train.steps_per_epoch || images % batch_size != 1))) {
    return;
  }
  throw ConfigError(fmt::format(
      "[model] normalization = \"batch\" with a bridge of 1x1 pixels needs batches of two images "
      "or more, but batch_size = {} leaves one of {} images alone: change batch_size or num_layers",
      batch_size, images));
}

// The loss with the weights that "balanced" stands for.
LossOptions with_class_weights(LossOptions loss, const DatasetReport& report) {
  if (loss.balance_classes) loss.class_weights = balanced_class_weights(report.class_pixels);
  if (!loss.class_weights.empty()) {
    say(fmt::format("class weights [{:.6g}]", fmt::join(loss.class_weights, ", ")));
  }
  return loss;
}

void require_foreground_to_monitor(const Options& options, const DatasetReport& valid) {
  if (options.train.monitor != MonitorKind::kValForegroundDice) return;
  if (std::any_of(valid.class_pixels.begin() + 1, valid.class_pixels.end(),
                  [](std::int64_t pixels) { return pixels > 0; })) {
    return;
  }
  throw DataError(
      "valid: no mask holds any foreground, so that [train] monitor = \"val_foreground_dice\" "
      "decides nothing: add masks with foreground, or monitor \"val_loss\"");
}

void warn_of_break_file(const Options& options) {
  const fs::path file = options.project_dir / kBreakFile;
  if (!fs::exists(file)) return;
  warn(file.string() + ": is there already, so training will end after its first epoch");
}

// A new run moves it away; the run that goes on may still be what it tells of.
void warn_of_old_evaluation(const Options& options) {
  const fs::path file = options.project_dir / kEvaluationFile;
  if (!fs::exists(file)) return;
  warn(file.string() + ": was written before; evaluate again when training has gone on");
}

// The network with which a new run starts: drawn, or of --init.
FlexUNet make_network(const Options& options, const Arguments& arguments,
                      const TrainArguments& train) {
  if (train.init.empty()) return FlexUNet(options.network, arguments.seed);
  const bool new_head = train.init_head == "new";
  std::optional<std::uint64_t> seed;
  if (new_head) seed = arguments.seed;
  FlexUNet model(options.network, seed);
  const bool head_loaded =
      load_any_weights(train.init, model, new_head ? HeadPolicy::kMayDiffer : HeadPolicy::kMustFit)
          .head_loaded;
  say(fmt::format("starts from {}{}", train.init.string(),
                  head_loaded ? "" : ", with a new head: the file's is for other classes"));
  return model;
}

TrainerOptions trainer_options(const Session& session, const LossOptions& loss,
                               std::uint64_t seed) {
  const Options& options = session.options;
  TrainerOptions trainer;
  trainer.train = options.train;
  trainer.loader_workers = session.loading(options.train.batch_size).workers;
  trainer.seed = seed;
  trainer.loss = loss;
  trainer.optimizer = options.optimizer;
  trainer.augmentation = options.augmentation;
  return trainer;
}

// Trains until the end or until a signal comes, which then tells what is saved.
TrainSummary fit(Trainer& trainer, const std::vector<Dataset>& splits, const Callbacks& callbacks) {
  const InterruptHandler handler;
  try {
    return trainer.fit(splits[0], splits[1], callbacks);
  } catch (const Interrupted& signal) {
    const std::size_t saved = trainer.state().epochs.size();
    throw Interrupted(
        signal.exit_code(),
        fmt::format("{} in epoch {}: {}", signal.what(), saved + 1,
                    saved == 0 ? "no epoch was completed, nothing is saved"
                               : fmt::format("--resume goes on after epoch {}", saved)));
  }
}

// From the loaded data to the end of training.
void run_training(Session session, Arguments arguments, const TrainArguments& train,
                  const std::vector<Dataset>& splits, FolderLock& model_dir) {
  const Options& options = session.options;
  std::optional<SafetensorsFile> checkpoint;
  if (train.resume) checkpoint = find_run_to_resume(options.train.model_dir);
  if (checkpoint && train.seed->count() == 0) arguments.seed = seed_of(*checkpoint);
  session.compute_type =
      choose_compute_type(session, checkpoint ? checkpoint->metadata() : Metadata(),
                          Pass::kTraining, options.train.batch_size);
  const LossOptions loss = with_class_weights(options.loss, splits[0].report());
  const RunDescription run = describe_run(session, splits, loss, arguments.seed);
  // Before earlier results are moved away: the model may be one of them.
  FlexUNet model = checkpoint ? FlexUNet(options.network, std::nullopt)
                              : make_network(options, arguments, train);
  model->to(session.device);
  model->set_compute_type(session.compute_type);
  Trainer trainer(model, trainer_options(session, loss, arguments.seed), session.device);
  if (checkpoint) resume_run(trainer, *checkpoint, run, options.optimizer.learning_rate);
  const bool goes_on = checkpoint.has_value();
  checkpoint.reset();  // as large as the run itself
  warn_of_break_file(options);
  if (goes_on) warn_of_old_evaluation(options);
  if (!goes_on) say(fmt::format("seed {}", arguments.seed));
  open_model_folder(options, arguments, model_dir, goes_on);
  const std::size_t before = trainer.state().epochs.size();
  const TrainSummary summary =
      fit(trainer, splits, make_callbacks(session, arguments, trainer, run));
  if (goes_on && trainer.state().epochs.size() == before) say("the run is finished already");
  say_summary(options, summary);
}

void describe_augmentation(const Options& options) {
  std::vector<std::string> variants;
  for (const Augmentation& variant : options.augmentation.variants) {
    const AugmentationName name = name_of(variant);
    variants.push_back(name.parameters.empty()
                           ? name.method
                           : fmt::format("{} ({})", name.method, name.parameters));
  }
  if (variants.empty()) return;
  say(fmt::format("augmentation: each training image as it is or as one of {} variants: {}",
                  variants.size(), fmt::join(variants, ", ")));
}

// What a new run of the config takes, in the precision that it would choose.
void benchmark_training(Session session, const Arguments& arguments, const TrainArguments& train,
                        const std::vector<Dataset>& splits) {
  const Options& options = session.options;
  const LossOptions loss = with_class_weights(options.loss, splits[0].report());
  session.compute_type =
      choose_compute_type(session, {}, Pass::kTraining, options.train.batch_size);
  run_benchmark(session, trainer_options(session, loss, arguments.seed), splits,
                train.benchmark_seconds);
}

// Whether masks seem to belong to other images; of large sets by a sample.
void warn_of_misfits(const std::vector<Dataset>& splits) {
  constexpr std::size_t kMostSamples = 256;  // of each split
  MaskFit fit;
  for (const Dataset& split : splits) {
    const std::size_t step = (split.size() + kMostSamples - 1) / kMostSamples;
    for (std::size_t i = 0; i < split.size(); i += step) {
      const Sample sample = split.sample(i);
      fit.add(sample.stem, sample.image, sample.class_mask);
    }
  }
  MaskFitResult result = fit.result();
  result.shift.reset();  // the places in both splits together mean nothing
  if (const std::string text = mask_fit_warning(result); !text.empty()) {
    warn(text + "; flexunet-verify --pictures FOLDER shows the worst");
  }
}

void train_network(const Arguments& arguments, const TrainArguments& train) {
  Session session = open_session(arguments, Task::kTrain);
  // Neither writes anything.
  session.dry_run = arguments.dry_run || train.benchmark;
  const Options& options = session.options;
  describe_network(options.network);
  say(fmt::format(
      "batches of {}, estimated memory of a training step {}, of a copy to write checkpoints from "
      "{}",
      options.train.batch_size,
      readable_bytes(estimated_training_bytes(options.network, options.train.batch_size,
                                              number_bytes(session))),
      readable_bytes(run_copy_bytes(options.network))));
  describe_augmentation(options);
  require_own_result_folders(options);
  std::optional<FolderLock> model_dir;
  if (!session.dry_run) {
    model_dir.emplace(options.train.model_dir);
    if (!model_dir->left_behind_by().empty()) {
      say(fmt::format("an earlier run was killed ({})", model_dir->left_behind_by()));
    }
  }
  const std::vector<Dataset> splits =
      load_splits(session, {{"train", options.train_split}, {"valid", options.valid_split}});
  require_batches_to_normalize(options, splits[0].size());
  require_foreground_to_monitor(options, splits[1].report());
  if (model_dir) {
    run_training(session, arguments, train, splits, *model_dir);
    return;
  }
  if (train.benchmark) {
    benchmark_training(session, arguments, train, splits);
    return;
  }
  if (!train.init.empty()) make_network(options, arguments, train);
  load_previews(options);
  warn_of_misfits(splits);
  // A run that goes on takes its own.
  if (!train.resume) {
    choose_compute_type(session, {}, Pass::kTraining, options.train.batch_size);
  }
  say("dry run: everything is in place, nothing was trained");
}

}  // namespace
}  // namespace flexunet

int main(int argc, char** argv) {
  using namespace flexunet;
  TrainArguments train_arguments;
  return run_program(
      {"flexunet-train", "Trains the network that a config file describes.",
       "cd projects/FlexUNet/Phantom && flexunet-train --set train.epochs=5", version_text},
      argc, argv,
      [&](CLI::App& app, Arguments& arguments) {
        add_run_options(app, arguments);
        auto* resume =
            app.add_flag("--resume", train_arguments.resume,
                         "Go on after the last completed epoch of the run in model_dir, if there "
                         "is one");
        auto* benchmark =
            app.add_flag("--benchmark", train_arguments.benchmark,
                         "Measure what the run would take and what would make it faster; write "
                         "nothing")
                ->excludes(resume)
                ->excludes(app.get_option("--dry-run"));
        app.add_option("--benchmark-seconds", train_arguments.benchmark_seconds,
                       "About how long to measure")
            ->check(CLI::PositiveNumber)
            ->needs(benchmark)
            ->capture_default_str();
        train_arguments.seed =
            add_seed_option(app, arguments.seed, "Of weights, shuffling and dropout");
        auto* init = app.add_option("--init", train_arguments.init,
                                    "Start from the weights of this model (.safetensors or .h5)");
        app.add_option("--init-head", train_arguments.init_head,
                       "Whether its last layer must fit (same) or starts anew where it is for "
                       "other classes (new)")
            ->check(CLI::IsMember({"same", "new"}))
            ->needs(init)
            ->capture_default_str();
      },
      [&](const Arguments& arguments) { train_network(arguments, train_arguments); });
}
