#include "flexunet/options/names.h"

namespace flexunet {
namespace {

template <typename Choice, std::size_t kCount>
std::string spell(const std::array<NamedChoice<Choice>, kCount>& names, Choice choice) {
  for (const NamedChoice<Choice>& named : names) {
    if (named.choice == choice) return std::string(named.name);
  }
  return "";
}

}  // namespace

std::string name_of(Activation activation) { return spell(kActivationNames, activation); }
std::string name_of(LossKind loss) { return spell(kLossNames, loss); }
std::string name_of(MetricKind metric) { return spell(kMetricNames, metric); }
std::string name_of(OptimizerKind optimizer) { return spell(kOptimizerNames, optimizer); }
std::string name_of(ScheduleKind schedule) { return spell(kScheduleNames, schedule); }
std::string name_of(NormalizationKind normalization) {
  return spell(kNormalizationNames, normalization);
}

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
