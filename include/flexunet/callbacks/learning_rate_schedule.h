#pragma once

#include <vector>

#include "flexunet/options/options.h"
#include "flexunet/training/callback.h"

namespace flexunet {

/// The learning rate of each epoch, as a share of the config's.
struct LearningRateSchedule {
  ScheduleKind kind = ScheduleKind::kConstant;
  int epochs = 1;         ///< of the whole training, at least 1
  int warmup_epochs = 0;  ///< below `epochs`

  /// The share, above 0 and at most 1, of `epoch` from 0. Warm-up: (epoch + 1) / (warmup_epochs +
  /// 1), after that 1, or with kCosine (1 + cos(pi * t)) / 2 with t from 0 in the first epoch after
  /// the warm-up towards 1 behind the last (Loshchilov, Hutter 2017, without restarts; Goyal et al.
  /// 2017 for the warm-up).
  double share(int epoch) const;
};

/// Sets the learning rate of every epoch as the schedule says; with kConstant only until the first
/// epoch after the warm-up, so that a reducer before it may lower the rate from there on.
class ScheduledLearningRate : public Callback {
 public:
  /// `learning_rate` is the config's, which the shares refer to.
  ScheduledLearningRate(LearningRateSchedule schedule, double learning_rate)
      : schedule_(schedule), learning_rate_(learning_rate) {}
  void on_train_begin(const std::vector<EpochResult>& history, TrainControl& control) override;
  void on_epoch_end(const EpochResult& result, TrainControl& control) override;

 private:
  void set_rate_of(int epoch, TrainControl& control) const;

  LearningRateSchedule schedule_;
  double learning_rate_;
};

}  // namespace flexunet
