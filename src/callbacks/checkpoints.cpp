#include "flexunet/callbacks/checkpoints.h"

#include <fmt/format.h>

#include <utility>

#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/checkpoint/weights.h"

namespace flexunet {
namespace {

constexpr const char* kEpochEntry = "epoch";

// Why a file is not the model of an epoch; empty when it is.
std::string difference_from(const std::filesystem::path& path, int epoch) {
  try {
    const SafetensorsFile file = SafetensorsFile::read(path);
    const auto entry = file.metadata().find(kEpochEntry);
    if (entry != file.metadata().end() && entry->second == std::to_string(epoch)) return "";
    return fmt::format("{}: is not of epoch {}", path.string(), epoch + 1);
  } catch (const CheckpointError& error) {
    return error.what();
  }
}

}  // namespace

Checkpoints::Checkpoints(const Trainer& trainer, Target target)
    : trainer_(trainer), target_(std::move(target)), copy_(trainer.copy()) {}

void Checkpoints::on_train_begin(const std::vector<EpochResult>& history, TrainControl&) {
  for (const EpochResult& result : history) look_at(result);
  if (history.empty()) return;
  const EpochResult& last = history.back();
  const std::string difference = difference_from(target_.model_dir / kBestModelFile, best_epoch_);
  if (difference.empty()) return;
  if (best_epoch_ != last.epoch) {
    target_.warn(fmt::format(
        "{}, the best one so far: the network of epoch {} takes its place until a better one comes",
        difference, last.epoch + 1));
    best_cost_ = target_.monitor.cost(last);
  }
  FlexUNet model = trainer_.model();
  save_weights(target_.model_dir / kBestModelFile, model, metadata_of(last));
}

void Checkpoints::on_batch_end(const BatchResult&) { writer_.check(); }

void Checkpoints::wait_for_writes() { writer_.wait(); }

void Checkpoints::on_epoch_end(const EpochResult& result, TrainControl&) {
  writer_.wait();  // it reads the copy
  trainer_.copy_to(copy_);
  const bool is_best = look_at(result);
  writer_.start([this, result, is_best] { write(result, is_best); });
}

void Checkpoints::write(const EpochResult& result, bool is_best) const {
  const std::filesystem::path path = target_.model_dir / kLastCheckpointFile;
  Metadata metadata = metadata_of(result);
  metadata.insert(target_.last_metadata.begin(), target_.last_metadata.end());
  keep_as(path, target_.model_dir / kPreviousCheckpointFile);
  copy_.save(path, std::move(metadata));
  if (is_best) copy_.save_weights(target_.model_dir / kBestModelFile, metadata_of(result));
}

bool Checkpoints::look_at(const EpochResult& result) {
  const double cost = target_.monitor.cost(result);
  const bool is_best = cost < best_cost_;
  if (is_best) {
    best_cost_ = cost;
    best_epoch_ = result.epoch;
  }
  return is_best;
}

Metadata Checkpoints::metadata_of(const EpochResult& result) const {
  Metadata metadata = target_.metadata;
  metadata[kEpochEntry] = std::to_string(result.epoch);
  metadata["val_loss"] = fmt::format("{}", result.val_loss);
  metadata[target_.monitor.name()] = fmt::format("{}", target_.monitor.value(result));
  return metadata;
}

}  // namespace flexunet
