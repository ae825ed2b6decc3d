#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "config/convert.h"
#include "flexunet/literal/literal_json.h"

namespace flexunet {
namespace {

// Without effect on the network that comes out.
constexpr std::array<std::string_view, 5> kWithoutEffect = {
    "model", "dropout_seed_fixing", "num_infer_images", "class_name", "cache"};

bool decides_the_result(const KeySpec& key, const TaskParts& parts) {
  if (key.type == ValueType::kAny || key.type == ValueType::kPath) return false;
  if (key.section == "infer" || key.section == "tiledinfer") return false;
  if (key.key.rfind("epoch_change_", 0) == 0) return false;
  if (key.section == "train" && key.key == "metrics") return false;
  return is_used(key, parts) &&
         std::find(kWithoutEffect.begin(), kWithoutEffect.end(), key.key) == kWithoutEffect.end();
}

std::string describe(const KeySpec& key, const Value& value) {
  // 1 and 1.0 are the same number.
  const bool is_number = value.kind == ValueKind::kInt || value.kind == ValueKind::kFloat;
  if (key.type == ValueType::kNumber && is_number) return nlohmann::json(value.number()).dump();
  return literal_json(value).dump();
}

}  // namespace

TrainingSettings list_training_settings(const Settings& settings) {
  TrainingSettings listed;
  for (const auto* key = begin_known_keys(); key != end_known_keys(); ++key) {
    if (!decides_the_result(*key, settings.parts())) continue;
    listed[fmt::format("[{}] {}", key->section, key->key)] =
        describe(*key, settings.value(key->section, key->key));
  }
  return listed;
}

}  // namespace flexunet
