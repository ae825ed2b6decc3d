#include <algorithm>
#include <iterator>

#include "config/schema.h"

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

constexpr Range kBelowZero{-kInfinity, 0, true, true};
constexpr Range kGrayLevels{-255, 255};
constexpr Range kPart{0, 1, true, false};

constexpr std::string_view kPointsOnline = "[(0.5,0.5)]";
constexpr std::string_view kPointsOffline = "[(.3,.3), (.7,.3), (.5,.5), (.3,.7), (.7,.7)]";

// Section by section; the default is the original's, as a literal, and none where ours is to do
// without. Keys that the original never reads have kAny.
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
    {"train", "steps_per_epoch", V::kInt, {}, kAtLeastOne},
    {"train", "validation_steps", V::kInt, {}, kAtLeastOne},
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
    {"augmentor", "vflip", V::kBool, "True", {}, "False"},
    {"augmentor", "hflip", V::kBool, "True", {}, "False"},
    {"augmentor", "rotation", V::kBool, "True", {}, "False"},
    {"augmentor", "angles", V::kNumberList, "[90,180,270]"},
    {"augmentor", "shrinks", V::kNumberList, "[0.8]", kAboveZero, "[]"},
    {"augmentor", "shears", V::kNumberList, "[]"},
    {"augmentor", "deformation", V::kBool, "False", {}, "True"},
    {"augmentor", "distortion", V::kBool, "False", {}, "True"},
    {"augmentor", "barrdistortion", V::kBool, "False", {}, "True"},
    {"augmentor", "pincdistortion", V::kBool, "False", {}, "True"},
    {"augmentor", "sharpening", V::kBool, "False"},
    {"augmentor", "brightening", V::kBool, "False"},
    {"augmentor", "gamma", V::kBool, "False"},
    {"augmentor", "noise", V::kBool, "False"},
    {"augmentor", "blur", V::kBool, "False"},
    {"augmentor", "crop", V::kBool, "False"},
    {"augmentor", "elastic", V::kBool, "False"},
    {"deformation", "alpah", V::kNumber, "1300"},
    {"deformation", "alpha", V::kNumber},
    {"deformation", "sigmoid", V::kNumber, {}, kAboveZero},
    {"deformation", "sigmoids", V::kNumberList, "[8]", kAboveZero, "[7,8,9]"},
    {"distortion", "gaussian_filter_rsigma", V::kNumber, "40", kAboveZero},
    {"distortion", "gaussian_filter_sigma", V::kNumber, "0.5", kNotNegative},
    {"distortion", "distortions", V::kNumberList, "[0.02]", kUnitFromZero, "[0.01,0.02,0.03]"},
    {"barrdistortion", "radius", V::kNumber, "0.5", kAboveZero, "0.3"},
    {"barrdistortion", "amount", V::kNumber, "0.5", kAboveZero, "0.3"},
    {"barrdistortion", "centers", V::kPointList, kPointsOnline, {}, kPointsOffline},
    {"pincdistortion", "radius", V::kNumber, "0.5", kAboveZero, "0.3"},
    {"pincdistortion", "amount", V::kNumber, "-0.5", kBelowZero, "-0.3"},
    {"pincdistortion", "centers", V::kPointList, kPointsOnline, {}, kPointsOffline},
    {"sharpening", "k", V::kNumber, "1.0", kNotNegative},
    {"brightening", "alpha", V::kNumber, "1.2", kNotNegative},
    {"brightening", "beta", V::kNumber, "10", kGrayLevels},
    {"gamma", "range", V::kNumberPair, "(0.7, 1.5)", kAboveZero},
    {"noise", "sigma", V::kNumber, "10", kNotNegative},
    {"blur", "sigma", V::kNumber, "1.5", kNotNegative},
    {"crop", "scale", V::kNumber, "0.7", kPart},
    {"elastic", "rotation", V::kNumber, "15", {0, 180}},
    {"elastic", "scale", V::kNumberPair, "(0.85, 1.15)", kAboveZero},
    {"elastic", "shift", V::kNumber, "0.05", kUnitFromZero},
    {"elastic", "displacement", V::kNumber, "0.008", kUnitFromZero},
    {"elastic", "sigma", V::kNumber, "0.06", kPart},
    {"debug", "verbose", V::kBool, "False"},
};

}  // namespace

const KeySpec* begin_known_keys() { return std::begin(kKnownKeys); }
const KeySpec* end_known_keys() { return std::end(kKnownKeys); }

const KeySpec* find_known_key(std::string_view section, std::string_view key) {
  const auto* found = std::find_if(begin_known_keys(), end_known_keys(), [&](const KeySpec& known) {
    return known.section == section && known.key == key;
  });
  return found == end_known_keys() ? nullptr : found;
}

}  // namespace flexunet
