#pragma once

#include <filesystem>
#include <utility>

#include "flexunet/training/callback.h"

namespace flexunet {

/// Ends training after the epoch during which the file appeared. The file stays where it is.
class BreakFile : public Callback {
 public:
  explicit BreakFile(std::filesystem::path path) : path_(std::move(path)) {}
  void on_epoch_end(const EpochResult& result, TrainControl& control) override;

 private:
  std::filesystem::path path_;
};

}  // namespace flexunet
