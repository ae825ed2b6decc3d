#include "flexunet/training/run_state.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

namespace flexunet {
namespace {

using nlohmann::json;

// JSON has no NaN.
json number(std::optional<double> value) {
  return value && std::isfinite(*value) ? json(*value) : json(nullptr);
}

double number_or_nan(const json& value) {
  return value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
}

json describe(const EpochResult& epoch) {
  return {{"loss", number(epoch.loss)},
          {"metric", number(epoch.metric)},
          {"val_loss", number(epoch.val_loss)},
          {"val_metric", number(epoch.val_metric)},
          {"val_foreground_dice", number(epoch.val_foreground_dice)},
          {"learning_rate", number(epoch.learning_rate)},
          {"images", epoch.images}};
}

EpochResult parse_epoch(const json& entry, int epoch) {
  EpochResult result;
  result.epoch = epoch;
  result.loss = number_or_nan(entry.at("loss"));
  result.metric = number_or_nan(entry.at("metric"));
  result.val_loss = number_or_nan(entry.at("val_loss"));
  result.val_metric = number_or_nan(entry.at("val_metric"));
  const json& dice = entry.at("val_foreground_dice");
  if (!dice.is_null()) result.val_foreground_dice = dice.get<double>();
  result.learning_rate = number_or_nan(entry.at("learning_rate"));
  result.images = entry.at("images").get<std::size_t>();
  return result;
}

}  // namespace

std::string to_json(const RunState& state) {
  json epochs = json::array();
  for (const EpochResult& epoch : state.epochs) epochs.push_back(describe(epoch));
  return json{{"epochs", epochs},
              {"learning_rate", state.learning_rate},
              {"rollbacks", state.rollbacks},
              {"optimizer_steps", state.optimizer_steps}}
      .dump();
}

RunState run_state_from_json(const std::string& text) {
  const json stored = json::parse(text);
  RunState state;
  for (const json& entry : stored.at("epochs")) {
    state.epochs.push_back(parse_epoch(entry, static_cast<int>(state.epochs.size())));
  }
  state.learning_rate = stored.at("learning_rate").get<double>();
  state.rollbacks = stored.at("rollbacks").get<int>();
  state.optimizer_steps = stored.at("optimizer_steps").get<std::int64_t>();
  return state;
}

}  // namespace flexunet
