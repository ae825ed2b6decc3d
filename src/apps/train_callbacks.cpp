#include "apps/train_callbacks.h"

#include <fmt/format.h>

#include <memory>
#include <set>
#include <string>
#include <utility>

#include "apps/previous_run.h"
#include "flexunet/base/error.h"
#include "flexunet/callbacks/break_file.h"
#include "flexunet/callbacks/checkpoints.h"
#include "flexunet/callbacks/early_stopping.h"
#include "flexunet/callbacks/history_files.h"
#include "flexunet/callbacks/learning_rate_reducer.h"
#include "flexunet/callbacks/learning_rate_schedule.h"
#include "flexunet/console/console.h"
#include "flexunet/console/progress.h"
#include "flexunet/dataset/decoder.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/imaging/overlay.h"
#include "flexunet/inference/predict.h"
#include "flexunet/inference/tiled.h"
#include "flexunet/options/names.h"
#include "flexunet/options/project_files.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

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

}  // namespace

std::vector<PreviewImage> load_previews(const Options& options) {
  const TrainOptions& train = options.train;
  if (!train.epoch_change_infer && !train.epoch_change_tiled_infer) return {};
  if (!options.infer.images_dir) {
    warn("no epoch-change inference: the config has no [infer] images_dir");
    return {};
  }
  std::vector<PreviewImage> previews;
  try {
    std::vector<ImageSource> images = find_images(*options.infer.images_dir, options.data).images;
    if (images.size() > static_cast<std::size_t>(train.num_infer_images)) {
      images.resize(static_cast<std::size_t>(train.num_infer_images));
    }
    std::set<std::string> stems;
    for (const ImageSource& image : images) {
      if (!stems.insert(image.stem()).second) {
        warn(fmt::format("no previews of {}: another image of that name comes first",
                         image.file.string()));
        continue;
      }
      previews.push_back({image.stem(), read_image(image, options.network, options.data).pixels});
    }
  } catch (const DataError& error) {
    warn(fmt::format("no epoch-change inference: {}", error.what()));
    return {};
  }
  return previews;
}

Monitor make_monitor(const Options& options) {
  return {options.train.monitor, options.loss.metric};
}

Callbacks make_callbacks(const Session& session, const Arguments& arguments, const Trainer& trainer,
                         const RunDescription& run) {
  const Options& options = session.options;
  const TrainOptions& train = options.train;
  const std::string metric = name_of(options.loss.metric);
  const Monitor monitor = make_monitor(options);
  Callbacks callbacks;
  callbacks.push_back(std::make_unique<ConsoleProgress>(train.epochs, metric,
                                                        !arguments.quiet && is_interactive()));
  if (train.learning_rate_reducer) {
    callbacks.push_back(std::make_unique<LearningRateReducer>(train.reducer_factor,
                                                              train.reducer_patience, monitor));
  }
  if (train.learning_rate_schedule != ScheduleKind::kConstant || train.warmup_epochs > 0) {
    callbacks.push_back(std::make_unique<ScheduledLearningRate>(
        LearningRateSchedule{train.learning_rate_schedule, train.epochs, train.warmup_epochs},
        options.optimizer.learning_rate));
  }
  add_previews(callbacks, session, trainer.model());
  callbacks.push_back(std::make_unique<HistoryFiles>(
      HistoryPaths{train.eval_dir, options.project_dir / kHistoryFile}, metric, warn));
  callbacks.push_back(std::make_unique<BreakFile>(options.project_dir / kBreakFile));
  if (train.patience > 0) {
    callbacks.push_back(std::make_unique<EarlyStopping>(train.patience, monitor));
  }
  callbacks.push_back(std::make_unique<Checkpoints>(
      trainer,
      Checkpoints::Target{train.model_dir, run.metadata, run.file_checksums, monitor, warn}));
  return callbacks;
}

}  // namespace flexunet
