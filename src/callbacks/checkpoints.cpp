#include "flexunet/callbacks/checkpoints.h"

#include <fmt/format.h>

#include <utility>

#include "flexunet/checkpoint/weights.h"

namespace flexunet {

Checkpoints::Checkpoints(FlexUNet model, std::filesystem::path model_dir, Metadata metadata,
                         Monitor monitor)
    : model_(std::move(model)),
      model_dir_(std::move(model_dir)),
      metadata_(std::move(metadata)),
      monitor_(std::move(monitor)) {}

void Checkpoints::on_epoch_end(const EpochResult& result, TrainControl&) {
  metadata_["epoch"] = std::to_string(result.epoch);
  metadata_["val_loss"] = fmt::format("{}", result.val_loss);
  metadata_[monitor_.name()] = fmt::format("{}", monitor_.value(result));
  if (monitor_.cost(result) < best_cost_) {
    best_cost_ = monitor_.cost(result);
    save_weights(model_dir_ / kBestModelFile, model_, metadata_);
  }
  save_weights(model_dir_ / kLastCheckpointFile, model_, metadata_);
}

}  // namespace flexunet
