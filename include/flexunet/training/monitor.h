#pragma once

#include <limits>
#include <string>

#include "flexunet/options/names.h"
#include "flexunet/options/options.h"
#include "flexunet/training/callback.h"

namespace flexunet {

/// The number of an epoch that decides which epoch is the best, and in which direction: losses are
/// better when lower, metrics when higher.
class Monitor {
 public:
  Monitor() = default;
  /// `metric` is the one that the epochs tell.
  Monitor(MonitorKind kind, MetricKind metric) : kind_(kind), name_(name_of(kind, metric)) {}

  /// "val_loss", "val_dice_coef_multiclass", ...
  const std::string& name() const { return name_; }
  bool higher_is_better() const {
    return kind_ != MonitorKind::kValLoss && kind_ != MonitorKind::kLoss;
  }

  /// The number itself; 0 for val_foreground_dice where no foreground occurred.
  double value(const EpochResult& result) const {
    switch (kind_) {
      case MonitorKind::kLoss:
        return result.loss;
      case MonitorKind::kValMetric:
        return result.val_metric;
      case MonitorKind::kMetric:
        return result.metric;
      case MonitorKind::kValForegroundDice:
        return result.val_foreground_dice.value_or(0.0);
      default:
        return result.val_loss;
    }
  }

  /// The number turned so that lower is better.
  double cost(const EpochResult& result) const {
    return higher_is_better() ? -value(result) : value(result);
  }

 private:
  MonitorKind kind_ = MonitorKind::kValLoss;
  std::string name_ = "val_loss";
};

}  // namespace flexunet
