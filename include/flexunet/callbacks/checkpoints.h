#pragma once

#include <filesystem>
#include <limits>

#include "flexunet/checkpoint/model_files.h"
#include "flexunet/checkpoint/safetensors.h"
#include "flexunet/model/flexunet.h"
#include "flexunet/training/callback.h"
#include "flexunet/training/monitor.h"

namespace flexunet {

/// Saves the network after every epoch as last_checkpoint.safetensors, and as
/// best_model.safetensors when the monitor is better than ever before. `metadata` goes into both.
/// Throws OutputError.
class Checkpoints : public Callback {
 public:
  Checkpoints(FlexUNet model, std::filesystem::path model_dir, Metadata metadata,
              Monitor monitor = {});
  void on_epoch_end(const EpochResult& result, TrainControl& control) override;

 private:
  FlexUNet model_;
  std::filesystem::path model_dir_;
  Metadata metadata_;
  Monitor monitor_;
  double best_cost_ = std::numeric_limits<double>::infinity();
};

}  // namespace flexunet
