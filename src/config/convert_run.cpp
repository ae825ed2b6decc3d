#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "config/convert.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

class RunReader {
 public:
  RunReader(Settings& settings, fs::path project_dir)
      : settings_(settings), project_dir_(std::move(project_dir)) {}

  TrainOptions read_train(MetricKind metric) {
    TrainOptions train;
    read_learning(settings_, metric, train);
    train.model_dir = path("train", "model_dir");
    train.eval_dir = path("train", "eval_dir");
    train.epoch_change_infer = settings_.flag("train", "epoch_change_infer");
    train.epoch_change_infer_dir = path("train", "epoch_change_infer_dir");
    train.epoch_change_tiled_infer = settings_.flag("train", "epoch_change_tiled_infer");
    train.epoch_change_tiled_infer_dir = path("train", "epoch_change_tiled_infer_dir");
    train.num_infer_images = std::max(1, settings_.integer("train", "num_infer_images"));
    check_previews(train);
    return train;
  }

  SplitFolders read_split(std::string_view section, bool required) {
    if (required) {
      require_folder(section, "images_dir",
                     fmt::format("../../../dataset/NAME/{}/images/", section));
      require_folder(section, "masks_dir", fmt::format("../../../dataset/NAME/{}/masks/", section));
    }
    return {path(section, "images_dir"), path(section, "masks_dir")};
  }

  // Neither is required here: the command line may name the folders instead.
  InferOptions read_infer(const NetworkOptions& network, const DataOptions& data) {
    InferOptions infer;
    infer.images_dir = optional_path("infer", "images_dir");
    infer.output_dir = optional_path("infer", "output_dir");
    if (data.image_format != ImageFileFormat::kNpy) return infer;
    infer.shown_channel = read_shown_channel(network.image_channels);
    infer.npy_slices_dir = optional_path("infer", "npy_slices_dir");
    return infer;
  }

  TiledInferOptions read_tiled_infer() {
    TiledInferOptions tiled;
    tiled.images_dir = optional_path("tiledinfer", "images_dir");
    tiled.output_dir = optional_path("tiledinfer", "output_dir");
    tiled.split_size = settings_.integer("tiledinfer", "split_size");
    tiled.overlapping = settings_.integer("tiledinfer", "overlapping");
    tiled.blending = settings_.flag("tiledinfer", "blending");
    tiled.batch_size = settings_.integer("eval", "batch_size");
    if (tiled.overlapping >= tiled.split_size) {
      settings_.reject("tiledinfer", "overlapping",
                       fmt::format("must be below split_size, which is {}", tiled.split_size));
    }
    return tiled;
  }

 private:
  // Three channels are shown as the colours that they most likely are, unless one is asked for.
  std::optional<int> read_shown_channel(int channels) {
    const int index = settings_.integer("infer", "npy_slice_index");
    if (!settings_.is_given("infer", "npy_slice_index")) {
      return channels == 3 ? std::nullopt : std::optional<int>(channels == 1 ? 0 : index);
    }
    if (settings_.is_sound("infer", "npy_slice_index") && (index < 0 || index >= channels)) {
      settings_.reject(
          "infer", "npy_slice_index",
          fmt::format("must be {}: [model] image_channels is {}",
                      channels == 1 ? "0" : fmt::format("from 0 to {}", channels - 1), channels));
    }
    return index;
  }

  // Absolute and without a slash at the end; empty when the key is absent or faulty.
  fs::path path(std::string_view section, std::string_view key) const {
    const std::string& text = settings_.text(section, key);
    if (text.empty()) return {};
    fs::path whole = (project_dir_ / text).lexically_normal();
    if (!whole.has_filename() && whole.has_relative_path()) whole = whole.parent_path();
    return whole;
  }

  std::optional<fs::path> optional_path(std::string_view section, std::string_view key) const {
    const fs::path whole = path(section, key);
    return whole.empty() ? std::nullopt : std::optional<fs::path>(whole);
  }

  void require_folder(std::string_view section, std::string_view key, const std::string& example) {
    settings_.require(section, key, fmt::format("a folder, such as {} = \"{}\"", key, example));
  }

  void check_previews(TrainOptions& train) {
    const bool wanted = train.epoch_change_infer || train.epoch_change_tiled_infer;
    if (settings_.parts().task != Task::kTrain || !wanted) return;
    if (settings_.is_given("infer", "images_dir")) return;
    settings_.warn("train",
                   train.epoch_change_infer ? "epoch_change_infer" : "epoch_change_tiled_infer",
                   "[infer] images_dir is missing, so no images are predicted between epochs; set "
                   "this to False or name a folder");
    train.epoch_change_infer = false;
    train.epoch_change_tiled_infer = false;
  }

  Settings& settings_;
  fs::path project_dir_;
};

}  // namespace

void read_run(Settings& settings, const fs::path& project_dir, Options& options) {
  const Task task = settings.parts().task;
  RunReader reader(settings, project_dir);
  options.train = reader.read_train(options.loss.metric);
  options.train_split = reader.read_split("train", task == Task::kTrain);
  options.valid_split = reader.read_split("valid", task == Task::kTrain);
  options.test_split = reader.read_split("test", task == Task::kEvaluate);
  options.eval_batch_size = settings.integer("eval", "batch_size");
  options.infer = reader.read_infer(options.network, options.data);
  options.tiled_infer = reader.read_tiled_infer();
}

}  // namespace flexunet
