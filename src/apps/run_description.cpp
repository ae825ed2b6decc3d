#include "apps/run_description.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/precision.h"
#include "apps/version.h"
#include "flexunet/base/checksum.h"
#include "flexunet/base/error.h"
#include "flexunet/base/text.h"

namespace flexunet {
namespace {

using nlohmann::json;

constexpr const char* kOptionsEntry = "options";
constexpr const char* kSeedEntry = "seed";
constexpr const char* kLearningRate = "[model] learning_rate";
constexpr const char* kSplitNames[] = {"train", "valid"};

std::string checksums_entry(const std::string& split) { return split + "_checksums"; }
std::string fingerprint_entry(const std::string& split) { return split + "_data"; }

json checksums_of(const Dataset& split) {
  json by_name = json::object();
  for (std::size_t i = 0; i < split.size(); ++i) {
    by_name[split.info(i).stem] = checksum_text(split.info(i).checksum);
  }
  return by_name;
}

// What the monitor chose the best model by cannot change on the way; the rest of [train] may.
bool may_change(const std::string& key) {
  return key == kLearningRate || (key.rfind("[train] ", 0) == 0 && key != "[train] monitor");
}

json parse_entry(const SafetensorsFile& checkpoint, const std::string& name) {
  const auto entry = checkpoint.metadata().find(name);
  json value;
  if (entry != checkpoint.metadata().end()) value = json::parse(entry->second, nullptr, false);
  if (!value.is_object()) {
    throw CheckpointError(fmt::format("{}: does not tell its {}: it cannot be resumed",
                                      checkpoint.path().string(), name));
  }
  return value;
}

// The entries of two objects that differ: key, value before (null: absent), value now.
struct Change {
  std::string key;
  json before;
  json now;
};
std::vector<Change> compare(const json& before, const json& now) {
  std::vector<Change> changes;
  for (const auto& [key, value] : before.items()) {
    const auto found = now.find(key);
    if (found == now.end()) {
      changes.push_back({key, value, nullptr});
    } else if (*found != value) {
      changes.push_back({key, value, *found});
    }
  }
  for (const auto& [key, value] : now.items()) {
    if (!before.contains(key)) changes.push_back({key, nullptr, value});
  }
  return changes;
}

std::string as_text(const json& value) {
  if (value.is_null()) return "not there";
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// Whether a key that only one of both runs uses has its default there: then another key, which is
// told, says all.
bool is_mere_default(const Change& change, const TrainingSettings& defaults) {
  if (!change.before.is_null() && !change.now.is_null()) return false;
  const auto value = defaults.find(change.key);
  return value != defaults.end() &&
         as_text(change.before.is_null() ? change.now : change.before) == value->second;
}

void compare_options(const json& before, const json& now, const TrainingSettings& defaults,
                     RunDifferences& differences) {
  for (const Change& change : compare(before, now)) {
    if (is_mere_default(change, defaults)) continue;
    const std::string text = fmt::format("{} is {} in the checkpoint and {} now", change.key,
                                         as_text(change.before), as_text(change.now));
    (may_change(change.key) ? differences.allowed : differences.forbidden).push_back(text);
    if (change.key == kLearningRate) differences.learning_rate = true;
  }
}

void compare_files(const std::string& split, const json& before, const json& now,
                   RunDifferences& differences) {
  for (const Change& change : compare(before, now)) {
    const char* what = change.before.is_null() ? "is new"
                       : change.now.is_null()  ? "is gone"
                                               : "has another image or mask";
    differences.forbidden.push_back(fmt::format("{}: {} {}", split, change.key, what));
  }
}

// Of what may change: an entry that older checkpoints may lack.
void compare_entry(const SafetensorsFile& checkpoint, const RunDescription& run,
                   const std::string& key, std::vector<std::string>& changes) {
  const auto before = checkpoint.metadata().find(key);
  const std::string& now = run.metadata.at(key);
  if (before == checkpoint.metadata().end() || before->second == now) return;
  changes.push_back(fmt::format("{} is {} in the checkpoint and {} now", key, before->second, now));
}

}  // namespace

RunDescription describe_run(const Session& session, const std::vector<Dataset>& splits,
                            const LossOptions& loss, std::uint64_t seed) {
  RunDescription run;
  run.defaults = session.training_defaults;
  run.metadata = data_metadata(session.options);
  for (const auto& [key, value] : own_versions()) run.metadata[key] = value;
  for (const auto& [key, value] : library_versions()) run.metadata[key] = value;
  run.metadata[kSeedEntry] = std::to_string(seed);
  run.metadata[kPrecisionEntry] = precision_name(session.compute_type);
  run.metadata[kOptionsEntry] = json(session.training_settings).dump();
  if (!loss.class_weights.empty()) {
    run.metadata[kClassWeightsEntry] = json(loss.class_weights).dump();
  }
  for (std::size_t i = 0; i < splits.size(); ++i) {
    const std::string checksums = checksums_of(splits[i]).dump();
    run.file_checksums[checksums_entry(kSplitNames[i])] = checksums;
    run.metadata[fingerprint_entry(kSplitNames[i])] = fmt::format(
        "{} images, fingerprint {}", splits[i].size(), checksum_text(crc32_of(checksums)));
  }
  return run;
}

RunDifferences compare_runs(const SafetensorsFile& checkpoint, const RunDescription& run) {
  RunDifferences differences;
  compare_options(parse_entry(checkpoint, kOptionsEntry),
                  json::parse(run.metadata.at(kOptionsEntry)), run.defaults, differences);
  const std::string seed = std::to_string(seed_of(checkpoint));
  if (seed != run.metadata.at(kSeedEntry)) {
    differences.forbidden.push_back(fmt::format("the seed is {} in the checkpoint and {} now", seed,
                                                run.metadata.at(kSeedEntry)));
  }
  for (const char* split : kSplitNames) {
    const std::string entry = checksums_entry(split);
    compare_files(split, parse_entry(checkpoint, entry), json::parse(run.file_checksums.at(entry)),
                  differences);
  }
  compare_entry(checkpoint, run, kPrecisionEntry, differences.allowed);
  for (const auto& [key, value] : own_versions()) {
    compare_entry(checkpoint, run, key, differences.allowed);
  }
  for (const auto& [key, value] : library_versions()) {
    compare_entry(checkpoint, run, key, differences.libraries);
  }
  return differences;
}

std::uint64_t seed_of(const SafetensorsFile& checkpoint) {
  const auto entry = checkpoint.metadata().find(kSeedEntry);
  if (entry == checkpoint.metadata().end() || !is_unsigned_number(entry->second)) {
    throw CheckpointError(
        fmt::format("{}: tells no seed: it cannot be resumed", checkpoint.path().string()));
  }
  return std::stoull(entry->second);
}

}  // namespace flexunet
