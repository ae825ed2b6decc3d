#include "config/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <iterator>

#include "config/text.h"
#include "flexunet/base/text.h"
#include "flexunet/literal/utf8.h"

namespace flexunet {
namespace {

constexpr std::string_view kAugmentationSections[] = {
    "generator",      "augmentor",  "deformation", "distortion", "barrdistortion",
    "pincdistortion", "sharpening", "brightening", "gamma",      "noise",
    "blur",           "crop",       "elastic"};

// Names of published configs that are too far from the right one to be found by distance.
struct OldName {
  std::string_view section;
  std::string_view key;
  std::string_view right_key;
};
constexpr OldName kOldNames[] = {
    {"train", "epoch_changeinfer", "epoch_change_infer"},
    {"train", "epoch_changeinfer_dir", "epoch_change_infer_dir"},
    {"mask", "color_map", "rgb_map"},
};

constexpr std::size_t kLongestName = 64;

// Longer names bear more slips.
bool is_near(std::size_t distance, std::string_view name) {
  return distance < name.size() && distance <= std::max<std::size_t>(1, name.size() / 3);
}

std::string spelt(const KeySpec& key) { return fmt::format("[{}] {}", key.section, key.key); }

}  // namespace

bool Range::contains(double value) const {
  return (low_open ? value > low : value >= low) && (high_open ? value < high : value <= high);
}

std::string Range::text() const {
  std::string above = fmt::format("{} {}", low_open ? "above" : "at least", low);
  const std::string below = fmt::format("{} {}", high_open ? "below" : "at most", high);
  if (std::isinf(high)) return above;
  if (std::isinf(low)) return below;
  if (!low_open && !high_open) return fmt::format("from {} to {}", low, high);
  return above + " and " + below;
}

std::string_view KeySpec::default_for(Task task) const {
  return task == Task::kGenerate && !generate_default_text.empty() ? generate_default_text
                                                                   : default_text;
}

bool is_known_section(std::string_view section) {
  return std::any_of(begin_known_keys(), end_known_keys(),
                     [&](const KeySpec& known) { return known.section == section; });
}

bool is_used(const KeySpec& key, const TaskParts& parts) {
  using Names = std::initializer_list<std::string_view>;
  const auto is_in = [](std::string_view name, Names names) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  if (is_in(key.key, {"show_summary", "create_backup", "save_weights_only", "final_activation"})) {
    return false;
  }
  if (is_in(key.key, {"steps_per_epoch", "validation_steps"})) return parts.generator;
  const auto* const end = std::end(kAugmentationSections);
  if (std::find(std::begin(kAugmentationSections), end, key.section) != end) {
    return parts.augmentation && !is_in(key.key, {"debug", "verbose"});
  }
  if (key.section == "model" && parts.task != Task::kGenerate) {
    return key.key != "generator" || parts.task == Task::kTrain;
  }
  if (is_in(key.key, {"npy_slice_index", "npy_slices_dir"})) {
    const bool shows_images = parts.task == Task::kTrain
                                  ? parts.previews
                                  : parts.task == Task::kInfer || parts.task == Task::kTiledInfer;
    return parts.npy_images && shows_images;
  }
  switch (parts.task) {
    case Task::kTrain:
      if (key.section == "infer") return parts.previews && key.key == "images_dir";
      if (key.section == "tiledinfer")
        return parts.tiled_previews && is_in(key.key, {"split_size", "overlapping", "blending"});
      return is_in(key.section, {"dataset", "train", "valid", "image", "mask"});
    case Task::kEvaluate:
      if (key.section == "train") return key.key == "model_dir";
      if (key.section == "eval") return key.key == "batch_size";
      return is_in(key.section, {"dataset", "test", "image", "mask"});
    case Task::kInfer:
      if (key.section == "train") return key.key == "model_dir";
      if (key.section == "infer") return key.key == "images_dir" || key.key == "output_dir";
      return is_in(key.section, {"image", "mask"});
    case Task::kTiledInfer:
      if (key.section == "train") return key.key == "model_dir";
      return is_in(key.section, {"tiledinfer", "image", "mask"});
    case Task::kInspect:
      return key.section == "image" && key.key == "file_format";
    case Task::kGenerate:
      return false;
  }
  return false;
}

std::string suggest_key(std::string_view section, std::string_view key) {
  if (key.size() > kLongestName) return "";
  for (const OldName& old : kOldNames) {
    if (old.section == section && old.key == key) {
      return fmt::format("[{}] {}", old.section, old.right_key);
    }
  }
  const KeySpec* nearest = nullptr;
  std::size_t distance = kLongestName;
  for (const auto* known = begin_known_keys(); known != end_known_keys(); ++known) {
    // A slip within the section comes before the same name elsewhere, that before a slip elsewhere.
    const std::size_t slips = edit_distance(key, known->key);
    if (!is_near(slips, known->key)) continue;
    const bool elsewhere = known->section != section;
    const std::size_t rank = slips + (elsewhere ? (slips == 0 ? 3U : 6U) : 0U);
    if (rank < distance) {
      distance = rank;
      nearest = known;
    }
  }
  return nearest == nullptr ? "" : spelt(*nearest);
}

std::string suggest_section(std::string_view section) {
  if (section.size() > kLongestName) return "";
  std::string_view nearest;
  std::size_t distance = 3;
  for (const auto* known = begin_known_keys(); known != end_known_keys(); ++known) {
    const std::size_t slips = edit_distance(to_lower(strip(section)), known->section);
    if (slips < distance) {
      distance = slips;
      nearest = known->section;
    }
  }
  return nearest.empty() ? "" : fmt::format("[{}]", nearest);
}

}  // namespace flexunet
