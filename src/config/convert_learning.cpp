#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "config/choice.h"
#include "config/convert.h"
#include "flexunet/options/names.h"

namespace flexunet {
namespace {

MonitorKind read_monitor(Settings& settings, MetricKind metric) {
  constexpr std::array<MonitorKind, 5> kMonitors = {MonitorKind::kValLoss, MonitorKind::kLoss,
                                                    MonitorKind::kValMetric, MonitorKind::kMetric,
                                                    MonitorKind::kValForegroundDice};
  const std::string& wanted = settings.text("train", "monitor");
  std::string known;
  for (const MonitorKind monitor : kMonitors) {
    const std::string name = name_of(monitor, metric);
    if (name == wanted) return monitor;
    known += fmt::format("{}\"{}\"", known.empty() ? "" : ", ", name);
  }
  if (settings.is_sound("train", "monitor")) {
    settings.reject("train", "monitor", "unknown name: must be one of " + known);
  }
  return MonitorKind::kValLoss;
}

void check_schedule(Settings& settings, const TrainOptions& train) {
  if (train.learning_rate_schedule != ScheduleKind::kConstant && train.learning_rate_reducer) {
    settings.reject("train", "learning_rate_schedule",
                    "and learning_rate_reducer = True both change the learning rate: choose one");
  }
  if (settings.is_sound("train", "epochs") && train.warmup_epochs >= train.epochs) {
    settings.reject("train", "warmup_epochs",
                    fmt::format("must be below epochs, which is {}", train.epochs));
  }
}

std::optional<int> read_steps(Settings& settings, std::string_view key) {
  if (!settings.is_sound("train", key)) return std::nullopt;
  return settings.integer("train", key);
}

}  // namespace

void read_learning(Settings& settings, MetricKind metric, TrainOptions& train) {
  train.epochs = settings.integer("train", "epochs");
  train.batch_size = settings.integer("train", "batch_size");
  if (settings.parts().generator) {
    train.steps_per_epoch = read_steps(settings, "steps_per_epoch");
    train.validation_steps = read_steps(settings, "validation_steps");
  }
  train.monitor = read_monitor(settings, metric);
  train.patience = settings.integer("train", "patience");
  train.learning_rate_schedule =
      read_choice(settings, "train", "learning_rate_schedule", kScheduleNames);
  train.warmup_epochs = settings.integer("train", "warmup_epochs");
  train.learning_rate_reducer = settings.flag("train", "learning_rate_reducer");
  train.reducer_factor = settings.number("train", "reducer_factor");
  train.reducer_patience = settings.integer("train", "reducer_patience");
  train.on_divergence = read_choice(settings, "train", "on_divergence", kDivergencePolicyNames);
  check_schedule(settings, train);
}

}  // namespace flexunet
