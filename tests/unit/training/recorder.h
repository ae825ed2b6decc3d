#pragma once

#include <functional>
#include <string>
#include <vector>

#include "flexunet/training/callback.h"

namespace flexunet {

/// Keeps what it sees; may stop or change the learning rate.
class Recorder : public Callback {
 public:
  std::vector<EpochResult> epochs;
  std::vector<BatchResult> batches;
  std::vector<EpochResult> history;
  std::vector<std::string> rollbacks;
  std::function<void(const EpochResult&, TrainControl&)> react = [](const auto&, auto&) {};
  double first_learning_rate = 0;  // set before the first epoch unless 0

  void on_train_begin(const std::vector<EpochResult>& epochs_before,
                      TrainControl& control) override {
    history = epochs_before;
    if (first_learning_rate > 0) control.set_learning_rate(first_learning_rate);
  }
  void on_rollback(const std::string& divergence) override { rollbacks.push_back(divergence); }
  void on_batch_end(const BatchResult& result) override { batches.push_back(result); }
  void on_epoch_end(const EpochResult& result, TrainControl& control) override {
    epochs.push_back(result);
    react(result, control);
  }
};

}  // namespace flexunet
