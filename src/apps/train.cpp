#include <fmt/format.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "apps/console.h"
#include "apps/output_folders.h"
#include "apps/previous_run.h"
#include "apps/program.h"
#include "apps/progress.h"
#include "apps/session.h"
#include "apps/version.h"
#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/base/text.h"
#include "flexunet/callbacks/break_file.h"
#include "flexunet/callbacks/checkpoints.h"
#include "flexunet/callbacks/early_stopping.h"
#include "flexunet/callbacks/epoch_change_inference.h"
#include "flexunet/callbacks/history_files.h"
#include "flexunet/callbacks/learning_rate_reducer.h"
#include "flexunet/checkpoint/keras_weights.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/imaging/overlay.h"
#include "flexunet/inference/predict.h"
#include "flexunet/inference/tiled.h"
#include "flexunet/report/architecture.h"
#include "flexunet/training/trainer.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

constexpr const char* kBreakFile = "break_training";
constexpr const char* kLogFile = "train.log";

/// What flexunet-train alone understands.
struct TrainArguments {
  fs::path init;  ///< the model whose weights training starts from; empty: none
  std::string init_head = "same";
};

// The first num_infer_images of [infer] images_dir; previews are no reason to refuse a training.
std::vector<PreviewImage> load_previews(const Options& options) {
  const TrainOptions& train = options.train;
  if (!train.epoch_change_infer && !train.epoch_change_tiled_infer) return {};
  if (!options.infer.images_dir) {
    warn("no epoch-change inference: the config has no [infer] images_dir");
    return {};
  }
  std::vector<PreviewImage> previews;
  try {
    std::vector<fs::path> files = find_images(*options.infer.images_dir, options.data);
    if (files.size() > static_cast<std::size_t>(train.num_infer_images)) {
      files.resize(static_cast<std::size_t>(train.num_infer_images));
    }
    std::set<std::string> stems;
    for (const fs::path& file : files) {
      if (!stems.insert(file.stem().string()).second) {
        warn(fmt::format("no previews of {}: another image of that name comes first",
                         file.string()));
        continue;
      }
      previews.push_back({file.stem().string(), read_image(file, options.network, options.data)});
    }
  } catch (const DataError& error) {
    warn(fmt::format("no epoch-change inference: {}", error.what()));
    return {};
  }
  return previews;
}

// What the previews' .npy images look like, once, to be seen beside the predictions.
void write_slices(const std::vector<PreviewImage>& previews, const InferOptions& infer) {
  if (!infer.npy_slices_dir) return;
  try {
    for (const PreviewImage& preview : previews) {
      write_png(*infer.npy_slices_dir / (preview.stem + ".png"),
                shown_picture(preview.image, infer.shown_channel));
    }
  } catch (const OutputError& error) {
    warn(fmt::format("slices left out: {}", error.what()));
  }
}

void add_previews(Callbacks& callbacks, const Session& session, FlexUNet model) {
  const Options& options = session.options;
  const std::vector<PreviewImage> previews = load_previews(options);
  if (previews.empty()) return;
  write_slices(previews, options.infer);
  const auto add = [&](const fs::path& folder, EpochChangeInference::Predict predict) {
    callbacks.push_back(std::make_unique<EpochChangeInference>(
        previews, std::move(predict),
        EpochChangeInference::Target{folder, RgbMap(options.data.rgb_map), warn}));
  };
  const torch::Device device = session.device;
  if (options.train.epoch_change_infer) {
    add(options.train.epoch_change_infer_dir, [model, device](const cv::Mat& image) mutable {
      return predict_class_masks(model, {image}, device).front();
    });
  }
  if (options.train.epoch_change_tiled_infer) {
    add(options.train.epoch_change_tiled_infer_dir,
        [model, device, tiles = options.tiled_infer](const cv::Mat& image) mutable {
          return predict_tiled(model, image, tiles, device);
        });
  }
}

// In the order of behaviour section 7.
Callbacks make_callbacks(const Session& session, const Arguments& arguments,
                         const FlexUNet& model) {
  const Options& options = session.options;
  const TrainOptions& train = options.train;
  const std::string metric = name_of(options.loss.metric);
  Callbacks callbacks;
  callbacks.push_back(std::make_unique<ConsoleProgress>(train.epochs, metric,
                                                        !arguments.quiet && is_interactive()));
  Metadata metadata = data_metadata(options);
  metadata["flexunet_version"] = FLEXUNET_VERSION;
  metadata["seed"] = std::to_string(arguments.seed);
  callbacks.push_back(std::make_unique<Checkpoints>(model, train.model_dir, std::move(metadata)));
  if (train.learning_rate_reducer) {
    callbacks.push_back(
        std::make_unique<LearningRateReducer>(train.reducer_factor, train.reducer_patience));
  }
  add_previews(callbacks, session, model);
  callbacks.push_back(std::make_unique<HistoryFiles>(
      HistoryPaths{train.eval_dir, options.project_dir / kHistoryFile}, metric, warn));
  callbacks.push_back(std::make_unique<BreakFile>(options.project_dir / kBreakFile));
  if (train.patience > 0) callbacks.push_back(std::make_unique<EarlyStopping>(train.patience));
  return callbacks;
}

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
  say(fmt::format("best epoch: {} with val_loss {:.4f}", summary.best_epoch + 1,
                  summary.best_val_loss));
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
  const int bridge = 1 << (network.num_layers - 1);
  const bool one_pixel = network.image_width == bridge && network.image_height == bridge;
  const auto batch_size = static_cast<std::size_t>(options.train.batch_size);
  if (!network.normalization || !one_pixel || (batch_size > 1 && images % batch_size != 1)) return;
  throw ConfigError(fmt::format(
      "[model] normalization = True with a bridge of 1x1 pixels needs batches of two images or "
      "more, "
      "but batch_size = {} leaves one of {} images alone: change batch_size or num_layers",
      batch_size, images));
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
  trainer_options.loss = options.loss;
  trainer_options.optimizer = options.optimizer;
  Trainer trainer(model, trainer_options, session.device);
  const TrainSummary summary =
      trainer.fit(splits[0], splits[1], make_callbacks(session, arguments, model));
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
