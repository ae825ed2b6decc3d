#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace flexunet {

/// The numbers of one epoch.
struct EpochResult {
  int epoch = 0;  ///< from 0
  double loss = 0;
  double metric = 0;
  double val_loss = 0;
  double val_metric = 0;
  std::optional<double> val_foreground_dice;  ///< empty without foreground
  double learning_rate = 0;                   ///< used during this epoch
  double seconds = 0;                         ///< training and validation
  std::size_t images = 0;                     ///< trained on
  double train_seconds = 0;                   ///< training alone
  double waiting_seconds = 0;                 ///< of `seconds`, spent on waiting for data
};

/// Where training stands within an epoch.
struct BatchResult {
  int epoch = 0;            ///< from 0
  std::size_t batch = 0;    ///< from 0
  std::size_t batches = 0;  ///< in this epoch
  std::size_t images = 0;   ///< trained on in this epoch so far
  double loss = 0;          ///< mean so far
  double metric = 0;        ///< mean so far
  double learning_rate = 0;
  double seconds = 0;  ///< since the epoch began
};

/// What a callback may change.
class TrainControl {
 public:
  explicit TrainControl(double learning_rate) : learning_rate_(learning_rate) {}
  double learning_rate() const { return learning_rate_; }
  void set_learning_rate(double learning_rate) { learning_rate_ = learning_rate; }
  /// Ends training after the callbacks of this epoch; the first reason given stays.
  void stop(std::string reason) {
    if (!stop_reason_) stop_reason_ = std::move(reason);
  }
  const std::optional<std::string>& stop_reason() const { return stop_reason_; }

 private:
  double learning_rate_;
  std::optional<std::string> stop_reason_;
};

/// Sees numbers and may steer; called in the order in which the callbacks were given.
class Callback {
 public:
  virtual ~Callback() = default;
  /// Before the first epoch. `history` holds the completed epochs of a run that is resumed: from
  /// them a callback gets back to where it stood, and it may stop a run that had come to its end.
  virtual void on_train_begin(const std::vector<EpochResult>& /*history*/, TrainControl&) {}
  /// When training diverged and goes on from the last good epoch; `divergence` tells what happened.
  virtual void on_rollback(const std::string& /*divergence*/) {}
  /// After some batches, a few times a second at most, and after the last one of an epoch.
  virtual void on_batch_end(const BatchResult&) {}
  /// Before any callback sees the end of an epoch or of training: waits for what it still writes in
  /// the background, so that the files of one epoch follow those of the one before. Throws what
  /// went wrong with that.
  virtual void wait_for_writes() {}
  virtual void on_epoch_end(const EpochResult& result, TrainControl& control) = 0;
  /// After the last epoch, be it by a signal, by an error or as planned.
  virtual void on_train_end() {}
};

}  // namespace flexunet
