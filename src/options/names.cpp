#include "flexunet/options/names.h"

namespace flexunet {

std::string name_of(MonitorKind monitor, MetricKind metric) {
  switch (monitor) {
    case MonitorKind::kValLoss:
      return "val_loss";
    case MonitorKind::kLoss:
      return "loss";
    case MonitorKind::kValMetric:
      return "val_" + name_of(metric);
    case MonitorKind::kMetric:
      return name_of(metric);
    case MonitorKind::kValForegroundDice:
      return "val_foreground_dice";
  }
  return "";
}

}  // namespace flexunet
