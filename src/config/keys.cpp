#include "config/keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <system_error>
#include <type_traits>
#include <utility>

#include "config/codecs.h"
#include "config/text.h"
#include "flexunet/base/files.h"
#include "flexunet/base/text.h"
#include "flexunet/literal/utf8.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// Whether there is what a path names, which may hold wildcards.
bool is_there(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error) || !match_folders(path).empty();
}

// Relative paths are seen from the project's folder; without a slash at the end. Backslashes stand
// between folders, as on Windows, unless they are part of a name, or of a pattern that matches.
template <typename T>
void anchor(const Options& /*options*/, T& /*member*/) {}
void anchor(const Options& options, fs::path& path) {
  std::string text = path.string();
  if (text.find('\\') != std::string::npos && !is_there(options.project_dir / path)) {
    std::replace(text.begin(), text.end(), '\\', '/');
    path = text;
  }
  path = (options.project_dir / path).lexically_normal();
  if (!path.has_filename() && path.has_relative_path()) path = path.parent_path();
}
void anchor(const Options& options, std::optional<fs::path>& path) { anchor(options, *path); }

// The field that a path of members from Options leads to, read and written by a codec.
template <typename Reader, auto... Path>
constexpr Field as(Range range = {}) {
  return {Reader::kWanted,
          Reader::kIsScalar,
          range,
          &Reader::matches,
          [](Options& options, const Value& value) {
            auto& member = (options.*....*Path);
            Faults faults;
            if constexpr (std::is_void_v<decltype(Reader::read(value, member))>) {
              Reader::read(value, member);
            } else {
              faults = Reader::read(value, member);
            }
            anchor(options, member);
            return faults;
          },
          [](const Options& options) { return Reader::text((options.*....*Path)); }};
}

template <auto... Path>
constexpr Field at(Range range = {}) {
  using Member = std::decay_t<decltype((std::declval<Options&>().*....*Path))>;
  return as<Codec<Member>, Path...>(range);
}

// The same without a default: a key that must be given, or a second name of a member.
template <typename Reader, auto... Path>
constexpr Field given(Range range = {}) {
  Field field = as<Reader, Path...>(range);
  field.text = nullptr;
  return field;
}

// A key without a member: its type is checked, and the default shown.
template <typename Reader>
constexpr Field unread(std::string_view default_text = {}, Range range = {}) {
  return {Reader::kWanted, Reader::kIsScalar, range,       &Reader::matches,
          nullptr,         nullptr,           default_text};
}

// Text that must be the default.
constexpr Field fixed(std::string_view text) {
  Field field = unread<Codec<std::string>>(text);
  field.is_fixed = true;
  return field;
}

constexpr Field anything() { return {"anything"}; }

// A key that other programs or network classes of the original read.
constexpr Key foreign(std::string_view section, std::string_view name, std::string_view meaning) {
  return {section, name, anything(), kForeign, meaning};
}

using O = Options;
using N = NetworkOptions;
using T = TrainOptions;
using A = AugmentorOptions;
template <auto Member>
constexpr Field network(Range range = {}) {
  return at<&O::network, Member>(range);
}
template <auto Member>
constexpr Field train(Range range = {}) {
  return at<&O::train, Member>(range);
}
template <auto... Members>
constexpr Field augmentor(Range range = {}) {
  return at<&O::augmentor, Members...>(range);
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kMaximalInt = std::numeric_limits<int>::max();
constexpr Range kFromOne{1, kMaximalInt};
constexpr Range kFromZero{0, kMaximalInt};
constexpr Range kAnyInt{-kMaximalInt, kMaximalInt};
constexpr Range kAboveZero{0, kInfinity, true, true};
constexpr Range kBelowZero{-kInfinity, 0, true, true};
constexpr Range kNotNegative{0, kInfinity, false, true};
constexpr Range kUnitOpen{0, 1, true, true};
constexpr Range kUnitFromZero{0, 1, false, true};
constexpr Range kPart{0, 1, true, false};
constexpr Range kPixels{1, 65536};
// Beyond, a step is no number that float32 holds.
constexpr Range kLearningRate{0, 1e30, true, false};

constexpr unsigned kData = kTrain | kEvaluate | kInfer | kTiledInfer;
constexpr unsigned kNetwork = kData | kInspect;
constexpr unsigned kShape = kNetwork | kLearnt;
constexpr unsigned kShapeRequired = kShape | kRequired;
constexpr unsigned kLearning = kTrain | kLearnt;
constexpr unsigned kScoring = kLearning | kEvaluate;
constexpr unsigned kVariants = kAugments | kLearnt;

}  // namespace

// Where the default is none, there is nothing to do without the key. What the original does with
// keys that FlexUNet has no use for stands in their line.
const std::vector<Key>& known_keys() {
  static const std::vector<Key> keys = {
      {"model", "model", unread<Codec<std::string>>("\"TensorFlowFlexUNet\""), kNetwork,
       "the network class; \"FlexUNet\" and \"TensorFlowFlexUNet\" are the same one"},
      {"model", "generator", at<&O::generator>(), kLearning,
       "whether training augments, as [generator] and [augmentor] say"},
      {"model", "image_width", given<Codec<int>, &O::network, &N::image_width>(kPixels),
       kShapeRequired,
       "the width in pixels the images are resized to, such as 512; divisible by 2^(num_layers-1)"},
      {"model", "image_height", given<Codec<int>, &O::network, &N::image_height>(kPixels),
       kShapeRequired,
       "the height in pixels the images are resized to, such as 512; divisible by "
       "2^(num_layers-1)"},
      {"model", "image_channels", network<&N::image_channels>(Range{1, 4}), kShape,
       "the channels of an image: 3, or with file_format \"NPY\" also 1 or 4"},
      {"model", "input_normalize", network<&N::input_normalize>(), kShape,
       "whether the network divides its input by 255"},
      {"model", "normalization", network<&N::normalization>(), kShape,
       "after each activation: False, True or \"batch\", \"group\", \"instance\""},
      {"model", "num_classes", given<Codec<int>, &O::network, &N::num_classes>(Range{2, 256}),
       kShapeRequired, "the number of classes with the background, such as 2"},
      {"model", "base_filters", given<Codec<int>, &O::network, &N::base_filters>(Range{1, 4096}),
       kShapeRequired,
       "the filters of the first level, such as 16; each level below has twice as many"},
      {"model", "base_kernels", as<EqualPair, &O::network, &N::base_kernel>(Range{1, 255}), kShape,
       "the kernel size of the first level, odd; level i has that - 2i, at least 3"},
      {"model", "num_layers", network<&N::num_layers>(Range{1, 16}), kShape,
       "the number of levels, the bridge included"},
      {"model", "dropout_rate", given<Codec<double>, &O::network, &N::dropout_rate>(kUnitFromZero),
       kShapeRequired,
       "the share of values that level 1 drops, such as 0.05; level i drops i times as much"},
      {"model", "dilation", as<EqualPair, &O::network, &N::dilation>(Range{1, 255}), kShape,
       "the dilation of the first level; level i has that - i, at least 1"},
      {"model", "activation", network<&N::activation>(), kShape,
       "after each convolution: relu, elu, selu, gelu, tanh, sigmoid, softplus, leaky_relu, swish "
       "(silu), mish"},
      {"model", "dropout_seed_fixing", unread<Codec<bool>>("False"), kNobody,
       "dropout always follows the seed here"},
      {"model", "final_activation", unread<Codec<std::string>>("\"sigmoid\""), kNobody,
       "the original uses it for a single class; several classes have softmax"},
      {"model", "optimizer", at<&O::optimizer, &OptimizerOptions::optimizer>(), kLearning,
       "\"Adam\" or \"AdamW\""},
      {"model", "weight_decay", at<&O::optimizer, &OptimizerOptions::weight_decay>(kNotNegative),
       kLearning, "decoupled weight decay of AdamW"},
      {"model", "learning_rate", at<&O::optimizer, &OptimizerOptions::learning_rate>(kLearningRate),
       kLearning, "the learning rate at the start"},
      {"model", "clipvalue", at<&O::optimizer, &OptimizerOptions::clipvalue>(kAboveZero), kLearning,
       "each element of a gradient is clipped to [-clipvalue, clipvalue]"},
      {"model", "loss", at<&O::loss, &LossOptions::loss>(), kScoring,
       "categorical_crossentropy, dice_loss_multiclass, categorical_focal_dice_loss, "
       "dice_crossentropy or focal_crossentropy"},
      {"model", "metrics", at<&O::loss, &LossOptions::metric>(), kScoring,
       "dice_coef_multiclass, dice_coef_foreground or dice_coef_hybrid; the first of the list is "
       "used"},
      {"model", "hybrid_alpha", at<&O::loss, &LossOptions::hybrid_alpha>(kNotNegative), kScoring,
       "the weight of the multiclass part of dice_coef_hybrid; 2 together with hybrid_beta"},
      {"model", "hybrid_beta", at<&O::loss, &LossOptions::hybrid_beta>(kNotNegative), kScoring,
       "the weight of its foreground part"},
      {"model", "focal_gamma", at<&O::loss, &LossOptions::focal_gamma>(kNotNegative), kScoring,
       "focal_crossentropy: the exponent of (1 - p); 0 gives crossentropy"},
      {"model", "class_weights", as<ClassWeights, &O::loss>(kNotNegative), kScoring,
       "weights of the classes in the crossentropy part of the loss: one number each, or "
       "\"balanced\" for those of the training masks"},
      {"model", "show_summary", anything(), kNobody, "the original never reads it"},
      foreign("model", "color_order",
              "the order of the channels in the original's other data set classes"),
      foreign("model", "backbone",
              "the pretrained encoder of another network class, such as \"VGG16\""),
      foreign("model", "weights", "the weights of that encoder, such as \"imagenet\""),
      foreign("model", "freeze_backbone", "whether that encoder stays as it is"),
      foreign("model", "freeze_batch_norm", "whether its batch normalization does"),
      foreign("model", "filter_num", "the filters of each level of another network class"),
      foreign("model", "filter_num_begin", "the channels of the first block of a Swin U-Net"),
      foreign("model", "depth", "the levels of a Swin U-Net"),
      foreign("model", "stack_num_down",
              "the layers of each encoder level of another network class"),
      foreign("model", "stack_num_up", "the layers of each decoder level of another network class"),
      foreign("model", "patch_size", "the patches of a Swin U-Net"),
      foreign("model", "num_heads", "the attention heads of a transformer"),
      foreign("model", "window_size", "the attention windows of a Swin U-Net"),
      foreign("model", "num_mlp", "the nodes of a transformer's perceptron"),
      foreign("model", "shift_window", "whether a Swin U-Net shifts its windows"),
      foreign("model", "embed_dim", "the embedding size of a TransUNet"),
      foreign("model", "num_transformer", "the transformer blocks of a TransUNet"),
      foreign("model", "mlp_activation", "the activation of a transformer's perceptron"),
      foreign("model", "batch_norm",
              "whether another network class normalizes batches; here: normalization"),
      foreign("model", "pool", "the pooling of another network class"),
      foreign("model", "filters", "the filters of another network class"),
      foreign("model", "max_filter", "the largest number of filters of another network class"),
      foreign("model", "base_ksize",
              "the kernel size of another network class; here: base_kernels"),
      foreign("model", "efficientnet", "the EfficientNet of another network class"),
      {"dataset", "class_name", fixed("\"ImageCategorizedMaskDataset\""), kTrain | kEvaluate,
       "the original's data set class"},
      {"dataset", "cache", at<&O::data, &DataOptions::cache>(), kTrain | kEvaluate,
       "where decoded samples are kept: \"auto\", \"memory\", \"disk\" or \"none\""},
      {"train", "epochs", train<&T::epochs>(kFromOne), kLearning,
       "the most epochs that are trained"},
      {"train", "batch_size", train<&T::batch_size>(kFromOne), kLearning,
       "images of a training step"},
      {"train", "patience", train<&T::patience>(kFromZero), kLearning,
       "epochs without a better monitor before training stops; 0: never"},
      {"train", "monitor", as<MonitorName>(), kLearning,
       "what the best model, the reducer and early stopping look at: \"val_loss\", \"loss\", the "
       "metric, \"val_\" + the metric, or \"val_foreground_dice\""},
      {"train", "learning_rate_schedule", train<&T::learning_rate_schedule>(), kLearning,
       "\"constant\", or \"cosine\": from learning_rate towards 0 over all epochs"},
      {"train", "warmup_epochs", train<&T::warmup_epochs>(kFromZero), kLearning,
       "epochs at the start during which the learning rate rises"},
      {"train", "metrics", unread<TextList>(), kTrain,
       "the metric and \"val_\" + it; [model] metrics decides"},
      {"train", "model_dir", train<&T::model_dir>(), kData,
       "the folder of the trained model and the checkpoints"},
      {"train", "eval_dir", train<&T::eval_dir>(), kTrain,
       "the folder of the curves of loss and metric"},
      {"train", "images_dir", at<&O::train_split, &SplitFolders::images_dir>(), kTrain | kRequired,
       "the folder of the training images, such as \"../../../dataset/NAME/train/images/\"; may "
       "hold wildcards"},
      {"train", "masks_dir", at<&O::train_split, &SplitFolders::masks_dir>(), kTrain | kRequired,
       "the folder of their masks, such as \"../../../dataset/NAME/train/masks/\""},
      {"train", "learning_rate_reducer", train<&T::learning_rate_reducer>(), kLearning,
       "whether the learning rate falls when the monitor gets no better"},
      {"train", "reducer_factor", train<&T::reducer_factor>(kUnitOpen), kLearning,
       "by this factor"},
      {"train", "reducer_patience", train<&T::reducer_patience>(kFromZero), kLearning,
       "after so many epochs without a better monitor"},
      {"train", "on_divergence", train<&T::on_divergence>(), kLearning,
       "after a loss that is no finite number: \"stop\", or \"rollback\" to the last good epoch "
       "with half the learning rate"},
      {"train", "epoch_change_infer", train<&T::epoch_change_infer>(), kTrain,
       "whether some images are predicted after each epoch"},
      {"train", "epoch_change_infer_dir", train<&T::epoch_change_infer_dir>(), kTrain,
       "the folder of these masks"},
      {"train", "epoch_change_tiled_infer", train<&T::epoch_change_tiled_infer>(), kTrain,
       "whether the same images are predicted in tiles"},
      {"train", "epoch_change_tiled_infer_dir", train<&T::epoch_change_tiled_infer_dir>(), kTrain,
       "the folder of these masks"},
      {"train", "num_infer_images", train<&T::num_infer_images>(kAnyInt), kTrain,
       "the number of these images, the first of [infer] images_dir; below 1 counts as 1"},
      {"train", "steps_per_epoch", train<&T::steps_per_epoch>(kFromOne), kDraws | kLearnt,
       "batches of an epoch; without it, every image comes once"},
      {"train", "validation_steps", train<&T::validation_steps>(kFromOne), kDraws | kLearnt,
       "the most batches that are validated on; without it, all"},
      {"train", "create_backup", anything(), kNobody, "the original never reads it"},
      {"train", "save_weights_only", anything(), kNobody, "the original never reads it"},
      foreign("train", "image_datapath",
              "the images of the original's other data set classes; here: images_dir"),
      foreign("train", "mask_datapath",
              "the masks of the original's other data set classes; here: masks_dir"),
      {"valid", "images_dir", at<&O::valid_split, &SplitFolders::images_dir>(), kTrain | kRequired,
       "the folder of the validation images, such as \"../../../dataset/NAME/valid/images/\"; may "
       "hold wildcards"},
      {"valid", "masks_dir", at<&O::valid_split, &SplitFolders::masks_dir>(), kTrain | kRequired,
       "the folder of their masks, such as \"../../../dataset/NAME/valid/masks/\""},
      {"test", "images_dir", at<&O::test_split, &SplitFolders::images_dir>(), kEvaluate | kRequired,
       "the folder of the test images, such as \"../../../dataset/NAME/test/images/\"; may hold "
       "wildcards"},
      {"test", "masks_dir", at<&O::test_split, &SplitFolders::masks_dir>(), kEvaluate | kRequired,
       "the folder of their masks, such as \"../../../dataset/NAME/test/masks/\""},
      {"eval", "batch_size", at<&O::eval_batch_size>(kFromOne), kEvaluate | kInfer | kTiledInfer,
       "images of an evaluation step; on a GPU also those, or the windows, that are predicted at "
       "once"},
      {"eval", "eval_dir", unread<Codec<fs::path>>("\"./eval\""), kNobody,
       "the original writes its curves here; here: [train] eval_dir"},
      foreign("eval", "image_datapath", "as in [train]"),
      foreign("eval", "mask_datapath", "as in [train]"),
      {"infer", "images_dir", at<&O::infer, &InferOptions::images_dir>(), kInfer | kPreviews,
       "the folder of the images to predict, also after each epoch"},
      {"infer", "output_dir", at<&O::infer, &InferOptions::output_dir>(), kInfer,
       "the folder of the predicted masks"},
      {"infer", "npy_slice_index", at<&O::infer, &InferOptions::shown_channel>(kAnyInt),
       kShowsArrays,
       "the channel of .npy images that overlays and slices show as gray; without it, 1 of four "
       "channels, the colours of three"},
      {"infer", "npy_slices_dir", at<&O::infer, &InferOptions::npy_slices_dir>(), kShowsArrays,
       "a folder that receives these slices"},
      {"tiledinfer", "images_dir", at<&O::tiled_infer, &TiledInferOptions::images_dir>(),
       kTiledInfer, "the folder of the images to predict in tiles"},
      {"tiledinfer", "output_dir", at<&O::tiled_infer, &TiledInferOptions::output_dir>(),
       kTiledInfer, "the folder of the predicted masks"},
      {"tiledinfer", "split_size", at<&O::tiled_infer, &TiledInferOptions::split_size>(kPixels),
       kTiledInfer | kTiledPreviews, "the width and height of a tile in pixels"},
      {"tiledinfer", "overlapping",
       at<&O::tiled_infer, &TiledInferOptions::overlapping>(Range{0, 65536}),
       kTiledInfer | kTiledPreviews, "the margin around a tile in pixels; below split_size"},
      {"tiledinfer", "blending", at<&O::tiled_infer, &TiledInferOptions::blending>(),
       kTiledInfer | kTiledPreviews,
       "whether overlapping tiles are averaged; False pastes them edge to edge"},
      {"infer3d", "images_dir", unread<Codec<fs::path>>(), kNobody,
       "the folder of the volumes; no program here reads them yet"},
      {"infer3d", "output_dir", unread<Codec<fs::path>>(), kNobody,
       "the folder of their slices, masks and overlays"},
      {"infer3d", "slice_shape_order", unread<Codec<std::string>>("\"hwd\""), kNobody,
       "\"hwd\": slices lie along the last axis, \"dhw\": along the first"},
      {"infer3d", "slice_resize", unread<SizeOrNone>("(512,512)", kFromOne), kNobody,
       "the size of a slice, after slice_rotation"},
      {"infer3d", "slice_rotation", unread<CvRotation>("\"cv2.ROTATE_90_CLOCKWISE\""), kNobody,
       "how a slice is turned"},
      {"infer3d", "slice_normalize", unread<Codec<bool>>("True"), kNobody,
       "whether the minimum and maximum of a slice become 0 and 255"},
      {"infer3d", "mask_overlay", unread<Codec<bool>>("True"), kNobody,
       "whether overlays are written"},
      {"infer3d", "video_fileformat", unread<Codec<std::string>>("\".mp4\""), kNobody,
       "\".mp4\" or \".gif\""},
      {"infer3d", "video_fps", unread<Codec<double>>("10", kAboveZero), kNobody,
       "slices a second of the film"},
      {"infer3d", "video_dir", unread<Codec<fs::path>>("\"./video_3d\""), kNobody,
       "the folder of the films"},
      {"infer3d", "video_type", unread<Codec<std::string>>("\"overlays\""), kNobody,
       "what the film shows"},
      foreign("infer3d", "overlay_alpha", "the original reads it and never uses it"),
      foreign("infer3d", "overlay_beta", "the original reads it and never uses it"),
      foreign("infer3d", "overlay_gamma", "the original reads it and never uses it"),
      {"image", "color_order", fixed("\"RGB\""), kData | kLearnt, "the order of the channels"},
      {"image", "file_format", at<&O::data, &DataOptions::image_format>(), kShape,
       "\"NPY\" for .npy arrays; absent for pictures"},
      {"image", "intensity_range", at<&O::data, &DataOptions::intensity_range>(Range{0, 65535}),
       kData | kLearnt,
       "the values that become 0 and 255 in images of 16 bits; without it, the minimum and maximum "
       "of each image"},
      {"mask", "mask_file_format", as<MaskFileFormat, &O::data, &DataOptions::mask_file_format>(),
       kData | kLearnt,
       "\".npz\", or \".png\" or another ending of pictures for masks of any of them"},
      {"mask", "mask_datatype", fixed("\"categorized\""), kData | kLearnt, "the kind of masks"},
      {"mask", "rgb_map", at<&O::data, &DataOptions::rgb_map>(), kData | kLearnt,
       "the colour of each class, background first"},
      foreign("mask", "binarize",
              "whether the original makes masks black and white; with rgb_map it does not"),
      foreign("mask", "threshold", "the threshold of binarize"),
      foreign("mask", "blur", "whether the original blurs its binary masks"),
      {"generator", "augmentation", augmentor<&A::enabled>(), kVariants,
       "whether there are variants at all"},
      {"generator", "debug", unread<Codec<bool>>("False"), kNobody,
       "messages of the original's generator"},
      {"generator", "verbose", unread<Codec<bool>>("False"), kNobody,
       "messages of the original's generator"},
      foreign("generator", "generated_images_dir",
              "where the original's generator saves its images"),
      foreign("generator", "generated_masks_dir", "where the original's generator saves its masks"),
      {"augmentor", "vflip", augmentor<&A::vflip>(), kVariants, "upside down"},
      {"augmentor", "hflip", augmentor<&A::hflip>(), kVariants, "left to right"},
      {"augmentor", "rotation", augmentor<&A::rotation>(), kVariants, "turned by each of `angles`"},
      {"augmentor", "angles", augmentor<&A::angles>(), kVariants,
       "degrees, counter-clockwise; right angles are exact"},
      {"augmentor", "shrinks", augmentor<&A::shrinks>(kAboveZero), kVariants,
       "shrunk to these ratios and put into the centre"},
      {"augmentor", "shears", augmentor<&A::shears>(), kVariants,
       "sheared by so many rows a column; each also flipped both ways"},
      {"augmentor", "deformation", augmentor<&A::deformation>(), kVariants,
       "elastic deformation (Simard 2003), see [deformation]"},
      {"augmentor", "distortion", augmentor<&A::distortion>(), kVariants,
       "distortion by smooth noise, see [distortion]"},
      {"augmentor", "barrdistortion", augmentor<&A::barrdistortion>(), kVariants,
       "barrel distortion, see [barrdistortion]"},
      {"augmentor", "pincdistortion", augmentor<&A::pincdistortion>(), kVariants,
       "pincushion distortion, see [pincdistortion]"},
      {"augmentor", "sharpening", augmentor<&A::sharpening>(), kVariants,
       "sharpened, see [sharpening]"},
      {"augmentor", "brightening", augmentor<&A::brightening>(), kVariants,
       "brighter, with more contrast, see [brightening]"},
      {"augmentor", "gamma", augmentor<&A::gamma>(), kVariants,
       "gray values to a random power, see [gamma]"},
      {"augmentor", "noise", augmentor<&A::noise>(), kVariants, "Gaussian noise, see [noise]"},
      {"augmentor", "blur", augmentor<&A::blur>(), kVariants, "blurred, see [blur]"},
      {"augmentor", "crop", augmentor<&A::crop>(), kVariants,
       "a random part, enlarged, see [crop]"},
      {"augmentor", "elastic", augmentor<&A::elastic>(), kVariants,
       "turned, scaled, shifted and deformed at once, see [elastic]"},
      {"deformation", "alpah", augmentor<&A::deformation_values, &Deformation::alpha>(), kVariants,
       "the strength; the original spells it so"},
      {"deformation", "alpha",
       given<Codec<double>, &O::augmentor, &A::deformation_values, &Deformation::alpha>(),
       kVariants, "the same, spelt right"},
      {"deformation", "sigmoid", given<OneNumber, &O::augmentor, &A::sigmoids>(kAboveZero),
       kVariants, "one sigma of the Gaussian filter in pixels; `sigmoids` comes before it"},
      {"deformation", "sigmoids", augmentor<&A::sigmoids>(kAboveZero), kVariants,
       "sigmas of the Gaussian filter in pixels, a variant each"},
      {"distortion", "gaussian_filter_rsigma",
       augmentor<&A::distortion_values, &Distortion::sigma>(kAboveZero), kVariants,
       "sigma of the Gaussian filter in pixels"},
      {"distortion", "gaussian_filter_sigma",
       augmentor<&A::distortion_values, &Distortion::unused_sigma>(kNotNegative), kVariants,
       "without effect; it stands in file names"},
      {"distortion", "distortions", augmentor<&A::distortions>(kUnitFromZero), kVariants,
       "the largest displacements relative to the longer side, a variant each"},
      {"barrdistortion", "radius", augmentor<&A::barrel, &LensDistortion::radius>(kAboveZero),
       kVariants, "of the lens relative to the width"},
      {"barrdistortion", "amount", augmentor<&A::barrel, &LensDistortion::amount>(kAboveZero),
       kVariants, "its exponent"},
      {"barrdistortion", "centers", augmentor<&A::barrel_centers>(), kVariants,
       "its centres relative to width and height, a variant each"},
      {"pincdistortion", "radius", augmentor<&A::pincushion, &LensDistortion::radius>(kAboveZero),
       kVariants, "of the lens relative to the width"},
      {"pincdistortion", "amount", augmentor<&A::pincushion, &LensDistortion::amount>(kBelowZero),
       kVariants, "its exponent"},
      {"pincdistortion", "centers", augmentor<&A::pincushion_centers>(), kVariants,
       "its centres relative to width and height, a variant each"},
      {"sharpening", "k", augmentor<&A::sharpening_values, &Sharpening::k>(kNotNegative), kVariants,
       "how much the eight neighbours are subtracted"},
      {"brightening", "alpha", augmentor<&A::brightening_values, &Brightening::alpha>(kNotNegative),
       kVariants, "the factor"},
      {"brightening", "beta",
       augmentor<&A::brightening_values, &Brightening::beta>(Range{-255, 255}), kVariants,
       "gray levels added"},
      {"gamma", "range",
       as<Interval<GammaChange, &GammaChange::low, &GammaChange::high>, &O::augmentor,
          &A::gamma_values>(kAboveZero),
       kVariants, "the smallest and largest exponent"},
      {"noise", "sigma", augmentor<&A::noise_values, &Noise::sigma>(kNotNegative), kVariants,
       "the largest standard deviation in gray levels"},
      {"blur", "sigma", augmentor<&A::blur_values, &Blur::sigma>(kNotNegative), kVariants,
       "the largest sigma in pixels"},
      {"crop", "scale", augmentor<&A::crop_values, &Crop::scale>(kPart), kVariants,
       "the smallest part of width and of height"},
      {"elastic", "rotation", augmentor<&A::elastic_values, &Elastic::rotation>(Range{0, 180}),
       kVariants, "the largest angle in degrees"},
      {"elastic", "scale",
       as<Interval<Elastic, &Elastic::low_scale, &Elastic::high_scale>, &O::augmentor,
          &A::elastic_values>(kAboveZero),
       kVariants, "the smallest and largest scale"},
      {"elastic", "shift", augmentor<&A::elastic_values, &Elastic::shift>(kUnitFromZero), kVariants,
       "the largest shift relative to width and height"},
      {"elastic", "displacement",
       augmentor<&A::elastic_values, &Elastic::displacement>(kUnitFromZero), kVariants,
       "the standard deviation of the deformation relative to the longer side"},
      {"elastic", "sigma", augmentor<&A::elastic_values, &Elastic::sigma>(kPart), kVariants,
       "sigma of its Gaussian filter relative to the longer side"},
      {"debug", "verbose", unread<Codec<bool>>("False"), kNobody, "messages of the original"},
  };
  return keys;
}

namespace {

// Names of published configs that are too far from the right one to be found by distance.
struct OldName {
  std::string_view section;
  std::string_view name;
  std::string_view right_name;
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

// The numbers of pairs and lists have to lie in the range one by one.
bool is_in_range(const Range& range, const Value& value) {
  if (is_number(value)) return range.contains(value.number());
  return std::all_of(value.items.begin(), value.items.end(),
                     [&](const Value& item) { return is_in_range(range, item); });
}

std::string describe_kind(ValueKind kind) {
  constexpr std::array<std::string_view, 9> kKinds = {
      "None",   "True or False", "a whole number", "a number with a fraction", "text", "a tuple",
      "a list", "a dict",        "a name"};
  return std::string(kKinds.at(static_cast<std::size_t>(kind)));
}

}  // namespace

bool Range::contains(double value) const {
  return (low_open ? value > low : value >= low) && (high_open ? value < high : value <= high);
}

std::string Range::text() const {
  std::string above = fmt::format("{} {}", low_open ? "above" : "at least", low);
  std::string below = fmt::format("{} {}", high_open ? "below" : "at most", high);
  if (std::isinf(high)) return above;
  if (std::isinf(low)) return below;
  if (!low_open && !high_open) return fmt::format("from {} to {}", low, high);
  return above + " and " + below;
}

std::string Key::spelt() const { return fmt::format("[{}] {}", section, name); }

std::string Key::default_text(const Options& defaults) const {
  return field.text == nullptr ? std::string(field.fixed_text) : field.text(defaults);
}

std::string Key::find_fault(const Value& value) const {
  if (!field.matches(value)) {
    if (!field.is_scalar) return fmt::format("must be {}", field.wanted);
    return fmt::format("must be {}, not {}", field.wanted, describe_kind(value.kind));
  }
  if (!is_in_range(field.range, value)) return fmt::format("must be {}", field.range.text());
  return "";
}

const Key* find_key(std::string_view section, std::string_view name) {
  const std::vector<Key>& keys = known_keys();
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const Key& key) {
    return key.section == section && key.name == name;
  });
  return found == keys.end() ? nullptr : &*found;
}

bool is_known_section(std::string_view section) {
  const std::vector<Key>& keys = known_keys();
  return std::any_of(keys.begin(), keys.end(),
                     [&](const Key& key) { return key.section == section; });
}

std::string suggest_key(std::string_view section, std::string_view name) {
  if (name.size() > kLongestName) return "";
  for (const OldName& old : kOldNames) {
    if (old.section == section && old.name == name) {
      return fmt::format("[{}] {}", old.section, old.right_name);
    }
  }
  const Key* nearest = nullptr;
  std::size_t distance = kLongestName;
  for (const Key& key : known_keys()) {
    // A slip within the section comes before the same name elsewhere, that before a slip elsewhere.
    const std::size_t slips = edit_distance(name, key.name);
    if (!is_near(slips, key.name) || (key.uses & kForeign) != 0) continue;
    const bool elsewhere = key.section != section;
    const std::size_t rank = slips + (elsewhere ? (slips == 0 ? 3U : 6U) : 0U);
    if (rank < distance) {
      distance = rank;
      nearest = &key;
    }
  }
  return nearest == nullptr ? "" : nearest->spelt();
}

std::string suggest_section(std::string_view section) {
  if (section.size() > kLongestName) return "";
  std::string_view nearest;
  std::size_t distance = 3;
  for (const Key& key : known_keys()) {
    const std::size_t slips = edit_distance(to_lower(strip(section)), key.section);
    if (slips < distance) {
      distance = slips;
      nearest = key.section;
    }
  }
  return nearest.empty() ? "" : fmt::format("[{}]", nearest);
}

Options default_options(Task task) {
  Options options;
  if (task == Task::kGenerate) options.augmentor = offline_augmentor();
  return options;
}

}  // namespace flexunet
