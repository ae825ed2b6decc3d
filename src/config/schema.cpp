#include "flexunet/config/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>

#include "flexunet/base/text.h"
#include "flexunet/config/text.h"

namespace flexunet {
namespace {

using V = ValueType;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kMaximalInt = std::numeric_limits<int>::max();
constexpr Range kAtLeastOne{1, kMaximalInt};
constexpr Range kAtLeastZero{0, kMaximalInt};
constexpr Range kAnyInt{-kMaximalInt, kMaximalInt};
constexpr Range kAboveZero{0, kInfinity, true, true};
// Beyond, a step is no number that float32 holds.
constexpr Range kLearningRate{0, 1e30, true, false};
constexpr Range kNotNegative{0, kInfinity, false, true};
constexpr Range kUnitOpen{0, 1, true, true};
constexpr Range kUnitFromZero{0, 1, false, true};

constexpr std::string_view kPointsOnline = "[(0.5,0.5)]";

// Section by section; the default is the original's, as a literal. Keys that the original never
// reads have kAny.
constexpr KeySpec kKnownKeys[] = {
    {"model", "model", V::kText, "\"TensorFlowFlexUNet\""},
    {"model", "generator", V::kBool, "False"},
    {"model", "image_width", V::kInt, {}, {1, 65536}},
    {"model", "image_height", V::kInt, {}, {1, 65536}},
    {"model", "image_channels", V::kInt, "3", {1, 4}},
    {"model", "input_normalize", V::kBool, "True"},
    {"model", "normalization", V::kBoolOrText, "False"},
    {"model", "num_classes", V::kInt, {}, {2, 256}},
    {"model", "base_filters", V::kInt, {}, {1, 4096}},
    {"model", "base_kernels", V::kIntPair, "(3,3)", {1, 255}},
    {"model", "num_layers", V::kInt, "6", {1, 16}},
    {"model", "dropout_rate", V::kNumber, {}, kUnitFromZero},
    {"model", "dilation", V::kIntPair, "(1,1)", {1, 255}},
    {"model", "activation", V::kText, "\"relu\""},
    {"model", "dropout_seed_fixing", V::kBool, "False"},
    {"model", "final_activation", V::kText, "\"sigmoid\""},
    {"model", "optimizer", V::kText, "\"Adam\""},
    {"model", "weight_decay", V::kNumber, "0.004", kNotNegative},
    {"model", "learning_rate", V::kNumber, "0.0001", kLearningRate},
    {"model", "clipvalue", V::kNumber, "0.2", kAboveZero},
    {"model", "loss", V::kText, "\"categorical_crossentropy\""},
    {"model", "metrics", V::kTextList, "[\"dice_coef_multiclass\"]"},
    {"model", "hybrid_alpha", V::kNumber, "1.5", kNotNegative},
    {"model", "hybrid_beta", V::kNumber, "0.5", kNotNegative},
    {"model", "focal_gamma", V::kNumber, "2.0", kNotNegative},
    {"model", "class_weights", V::kNumberListOrText, {}, kNotNegative},
    {"model", "show_summary", V::kAny},
    {"dataset", "class_name", V::kText, "\"ImageCategorizedMaskDataset\""},
    {"dataset", "cache", V::kText, "\"auto\""},
    {"train", "epochs", V::kInt, "100", kAtLeastOne},
    {"train", "batch_size", V::kInt, "4", kAtLeastOne},
    {"train", "patience", V::kInt, "10", kAtLeastZero},
    {"train", "monitor", V::kText, "\"val_loss\""},
    {"train", "learning_rate_schedule", V::kText, "\"constant\""},
    {"train", "warmup_epochs", V::kInt, "0", kAtLeastZero},
    {"train", "metrics", V::kTextList},
    {"train", "model_dir", V::kPath, "\"./models\""},
    {"train", "eval_dir", V::kPath, "\"./eval\""},
    {"train", "images_dir", V::kPath},
    {"train", "masks_dir", V::kPath},
    {"train", "learning_rate_reducer", V::kBool, "False"},
    {"train", "reducer_factor", V::kNumber, "0.4", kUnitOpen},
    {"train", "reducer_patience", V::kInt, "4", kAtLeastZero},
    {"train", "on_divergence", V::kText, "\"stop\""},
    {"train", "epoch_change_infer", V::kBool, "True"},
    {"train", "epoch_change_infer_dir", V::kPath, "\"./epoch_change_infer\""},
    {"train", "epoch_change_tiled_infer", V::kBool, "False"},
    {"train", "epoch_change_tiled_infer_dir", V::kPath, "\"./epoch_change_tiled_infer\""},
    {"train", "num_infer_images", V::kInt, "6", kAnyInt},
    {"train", "steps_per_epoch", V::kInt, "400", kAtLeastOne},
    {"train", "validation_steps", V::kInt, "800", kAtLeastOne},
    {"train", "create_backup", V::kAny},
    {"train", "save_weights_only", V::kAny},
    {"valid", "images_dir", V::kPath},
    {"valid", "masks_dir", V::kPath},
    {"test", "images_dir", V::kPath},
    {"test", "masks_dir", V::kPath},
    {"eval", "batch_size", V::kInt, "4", kAtLeastOne},
    {"eval", "eval_dir", V::kPath, "\"./eval\""},
    {"infer", "images_dir", V::kPath},
    {"infer", "output_dir", V::kPath},
    {"infer", "npy_slice_index", V::kInt, "1", kAnyInt},
    {"infer", "npy_slices_dir", V::kPath},
    {"tiledinfer", "images_dir", V::kPath},
    {"tiledinfer", "output_dir", V::kPath},
    {"tiledinfer", "split_size", V::kInt, "512", {1, 65536}},
    {"tiledinfer", "overlapping", V::kInt, "64", {0, 65536}},
    {"tiledinfer", "blending", V::kBool, "True"},
    {"infer3d", "images_dir", V::kPath},
    {"infer3d", "output_dir", V::kPath},
    {"infer3d", "slice_shape_order", V::kText, "\"hwd\""},
    {"infer3d", "slice_resize", V::kSizeOrNone, "(512,512)", kAtLeastOne},
    {"infer3d", "slice_rotation", V::kRotation, "\"cv2.ROTATE_90_CLOCKWISE\""},
    {"infer3d", "slice_normalize", V::kBool, "True"},
    {"infer3d", "mask_overlay", V::kBool, "True"},
    {"infer3d", "video_fileformat", V::kText, "\".gif\""},
    {"infer3d", "video_fps", V::kNumber, {}, kAboveZero},
    {"image", "color_order", V::kText, "\"RGB\""},
    {"image", "file_format", V::kText},
    {"image", "intensity_range", V::kIntPair, {}, {0, 65535}},
    {"mask", "mask_file_format", V::kText, "\".npz\""},
    {"mask", "mask_datatype", V::kText, "\"categorized\""},
    {"mask", "rgb_map", V::kRgbMap, "{(0,0,0):0, (0,255,0):1, (255,0,0):2, (0,0,255):3}"},
    {"generator", "augmentation", V::kBool, "True"},
    {"generator", "debug", V::kBool, "False"},
    {"generator", "verbose", V::kBool, "False"},
    {"augmentor", "vflip", V::kBool, "True"},
    {"augmentor", "hflip", V::kBool, "True"},
    {"augmentor", "rotation", V::kBool, "True"},
    {"augmentor", "angles", V::kNumberList, "[90,180,270]"},
    {"augmentor", "shrinks", V::kNumberList, "[0.8]", kAboveZero},
    {"augmentor", "shears", V::kNumberList, "[]"},
    {"augmentor", "deformation", V::kBool, "False"},
    {"augmentor", "distortion", V::kBool, "False"},
    {"augmentor", "barrdistortion", V::kBool, "False"},
    {"augmentor", "pincdistortion", V::kBool, "False"},
    {"augmentor", "sharpening", V::kBool, "False"},
    {"augmentor", "brightening", V::kBool, "False"},
    {"deformation", "alpah", V::kNumber, "1300"},
    {"deformation", "alpha", V::kNumber},
    {"deformation", "sigmoid", V::kNumber, {}, kAboveZero},
    {"deformation", "sigmoids", V::kNumberList, "[8]", kAboveZero},
    {"distortion", "gaussian_filter_rsigma", V::kNumber, "40", kAboveZero},
    {"distortion", "gaussian_filter_sigma", V::kNumber, "0.5", kNotNegative},
    {"distortion", "distortions", V::kNumberList, "[0.02]", kNotNegative},
    {"barrdistortion", "radius", V::kNumber, "0.5", kAboveZero},
    {"barrdistortion", "amount", V::kNumber, "0.5"},
    {"barrdistortion", "centers", V::kPointList, kPointsOnline},
    {"pincdistortion", "radius", V::kNumber, "0.5", kAboveZero},
    {"pincdistortion", "amount", V::kNumber, "-0.5"},
    {"pincdistortion", "centers", V::kPointList, kPointsOnline},
    {"sharpening", "k", V::kNumber, "1.0"},
    {"brightening", "alpha", V::kNumber, "1.2"},
    {"brightening", "beta", V::kNumber, "10"},
    {"debug", "verbose", V::kBool, "False"},
};

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
  if (high == kInfinity) return above;
  if (!low_open && !high_open) return fmt::format("from {} to {}", low, high);
  return above + " and " + below;
}

const KeySpec* begin_known_keys() { return std::begin(kKnownKeys); }
const KeySpec* end_known_keys() { return std::end(kKnownKeys); }

const KeySpec* find_known_key(std::string_view section, std::string_view key) {
  const auto* found = std::find_if(begin_known_keys(), end_known_keys(), [&](const KeySpec& known) {
    return known.section == section && known.key == key;
  });
  return found == end_known_keys() ? nullptr : found;
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
  if (is_in(key.key, {"show_summary", "create_backup", "save_weights_only", "validation_steps",
                      "final_activation"})) {
    return false;
  }
  if (key.key == "steps_per_epoch" || key.key == "augmentation" || key.section == "augmentor") {
    return parts.augmentation;
  }
  if (key.section == "model") return key.key != "generator" || parts.task == Task::kTrain;
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
