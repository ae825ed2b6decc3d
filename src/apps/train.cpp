#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

#include "apps/console.h"
#include "apps/output_folders.h"
#include "apps/previous_run.h"
#include "apps/program.h"
#include "apps/progress.h"
#include "apps/session.h"
#include "apps/train_callbacks.h"
#include "apps/version.h"
#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/text.h"
#include "flexunet/checkpoint/keras_weights.h"
#include "flexunet/checkpoint/model_files.h"
#include "flexunet/config/network_shape.h"
#include "flexunet/model/losses.h"
#include "flexunet/report/architecture.h"
#include "flexunet/training/trainer.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLogFile = "train.log";

/// What flexunet-train alone understands.
struct TrainArguments {
  fs::path init;  ///< the model whose weights training starts from; empty: none
  std::string init_head = "same";
};

// Moves earlier results away and opens the model folder with its log and its copy of the config.
void open_model_folder(const Options& options, const Arguments& arguments) {
  if (const auto moved = set_previous_run_aside(options)) {
    say(fmt::format("the results of the previous run are now in {}", moved->string()));
  }
  open_log_file(options.train.model_dir / kLogFile);
  write_file(options.train.model_dir / options.config_file.filename(),
             read_file(options.config_file));
  for (const std::string& text : arguments.overrides) say(fmt::format("--set {}", text));
  say(fmt::format("seed {}", arguments.seed));
}

void say_summary(const Options& options, const TrainSummary& summary) {
  say(fmt::format("stopped after {} epochs: {}", summary.epochs, summary.stop_reason));
  say(fmt::format("best epoch: {} with {} {:.4f}", summary.best_epoch + 1,
                  name_of(options.train.monitor, options.loss.metric), summary.best_value));
  say("files written:");
  const TrainOptions& train = options.train;
  const fs::path files[] = {
      train.model_dir / kBestModelFile,     train.model_dir / kLastCheckpointFile,
      train.model_dir / kLogFile,           train.model_dir / options.config_file.filename(),
      train.eval_dir / "train_losses.csv",  train.eval_dir / "train_losses.png",
      train.eval_dir / "train_metrics.csv", train.eval_dir / "train_metrics.png",
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
      (batch_size > 1 && images % batch_size != 1)) {
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

FlexUNet make_network(const Options& options, const Arguments& arguments,
                      const TrainArguments& train) {
  FlexUNet model(options.network, arguments.seed);
  if (train.init.empty()) return model;
  const bool new_head = train.init_head == "new";
  const bool head_loaded =
      load_any_weights(train.init, model, new_head ? HeadPolicy::kMayDiffer : HeadPolicy::kMustFit)
          .head_loaded;
  say(fmt::format("starts from {}{}", train.init.string(),
                  head_loaded ? "" : ", with a new head: the file's is for other classes"));
  return model;
}

void train_network(const Arguments& arguments, const TrainArguments& train_arguments) {
  const Session session = open_session(arguments, Task::kTrain);
  const Options& options = session.options;
  describe_network(options.network);
  say(fmt::format(
      "batches of {}, estimated memory of a training step {}", options.train.batch_size,
      readable_bytes(estimated_training_bytes(options.network, options.train.batch_size))));
  require_own_result_folders(options);
  const std::vector<Dataset> splits =
      load_splits(session, {{"train", options.train_split}, {"valid", options.valid_split}});
  require_batches_to_normalize(options, splits[0].samples.size());
  require_foreground_to_monitor(options, splits[1].report);
  const LossOptions loss = with_class_weights(options.loss, splits[0].report);
  // Before earlier results are moved away: the model may be one of them.
  FlexUNet model = make_network(options, arguments, train_arguments);
  if (arguments.dry_run) {
    load_previews(options);
    say("dry run: everything is in place, nothing was trained");
    return;
  }
  warn_of_break_file(options);
  open_model_folder(options, arguments);
  model->to(session.device);
  TrainerOptions trainer_options;
  trainer_options.epochs = options.train.epochs;
  trainer_options.batch_size = options.train.batch_size;
  trainer_options.seed = arguments.seed;
  trainer_options.loss = loss;
  trainer_options.optimizer = options.optimizer;
  trainer_options.augmentation = options.augmentation;
  trainer_options.monitor = make_monitor(options);
  Trainer trainer(model, trainer_options, session.device);
  const TrainSummary summary =
      trainer.fit(splits[0], splits[1], make_callbacks(session, arguments, model, loss));
  say_summary(options, summary);
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
        app.add_option("--seed", arguments.seed, "Of weights, shuffling and dropout")
            ->check([](const std::string& text) {
              return is_unsigned_number(text) ? "" : "must be a whole number from 0 to 2^64-1";
            })
            ->capture_default_str();
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
