#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "flexunet/options/augmentation_options.h"

namespace flexunet {

enum class Activation {
  kRelu,
  kElu,
  kSelu,
  kGelu,
  kTanh,
  kSigmoid,
  kSoftplus,
  kLeakyRelu,
  kSwish,
  kMish
};
enum class NormalizationKind { kNone, kBatch, kGroup, kInstance };
enum class LossKind {
  kCategoricalCrossentropy,
  kDiceLossMulticlass,
  kCategoricalFocalDiceLoss,
  kDiceCrossentropy,
  kFocalCrossentropy
};
enum class MetricKind { kDiceCoefMulticlass, kDiceCoefForeground, kDiceCoefHybrid };
enum class OptimizerKind { kAdam, kAdamW };
enum class ScheduleKind { kConstant, kCosine };
/// What happens after a loss that is no finite number.
enum class DivergencePolicy { kStop, kRollback };
/// The number of an epoch that decides which is the best one.
enum class MonitorKind { kValLoss, kLoss, kValMetric, kMetric, kValForegroundDice };

/// The shape of the network.
struct NetworkOptions {
  int image_width = 0;          ///< pixels, divisible by 2^(num_layers-1)
  int image_height = 0;         ///< pixels, divisible by 2^(num_layers-1)
  int image_channels = 3;       ///< 3, or with file_format "NPY" also 1 or 4
  bool input_normalize = true;  ///< divide the input by 255 inside the network
  NormalizationKind normalization = NormalizationKind::kNone;  ///< after each activation
  int num_classes = 0;                                         ///< background included, 2..256
  int base_filters = 0;       ///< filters of level 0; level i has base_filters * 2^i
  int base_kernel = 3;        ///< odd kernel size of level 0; level i >= 1 has max(3, kernel - 2i)
  int num_layers = 6;         ///< levels, the bridge included
  double dropout_rate = 0.0;  ///< level i drops dropout_rate * i, below 1
  int dilation = 1;           ///< of level 0; level i has max(1, dilation - i)
  Activation activation = Activation::kRelu;
};

struct LossOptions {
  LossKind loss = LossKind::kCategoricalCrossentropy;
  MetricKind metric = MetricKind::kDiceCoefMulticlass;
  double hybrid_alpha = 1.5;  ///< weight of the multiclass part of dice_coef_hybrid
  double hybrid_beta = 0.5;   ///< weight of its foreground part
  double focal_gamma = 2.0;   ///< focal_crossentropy: exponent of (1 - p), 0 gives crossentropy
  /// Weight of each class in the crossentropy part of the loss; empty: every class has 1.
  std::vector<double> class_weights;
  /// class_weights are to be computed from the training masks before the loss is used.
  bool balance_classes = false;
};

struct OptimizerOptions {
  OptimizerKind optimizer = OptimizerKind::kAdam;
  double learning_rate = 0.0001;
  double clipvalue = 0.2;       ///< each gradient element is clipped to [-clipvalue, clipvalue]
  double weight_decay = 0.004;  ///< AdamW only, decoupled
};

/// Folders of a split, absolute; may hold wildcards in any component.
struct SplitFolders {
  std::filesystem::path images_dir;
  std::filesystem::path masks_dir;
};

struct RgbMapEntry {
  std::array<std::uint8_t, 3> color;  ///< red, green, blue
  int class_index;
};

enum class ImageFileFormat { kPicture, kNpy };
/// Where decoded samples are until they are needed. kAuto: in memory if they fit, else on disk.
enum class DatasetCache { kAuto, kMemory, kDisk, kNone };

/// The values that become 0 and 255.
struct IntensityRange {
  int low = 0;       ///< 0..65534
  int high = 65535;  ///< above `low`
};

struct DataOptions {
  ImageFileFormat image_format = ImageFileFormat::kPicture;
  /// Of images with 16 bits: gray PNG and TIFF, .npy of uint16. None: each image's own minimum and
  /// maximum. Images of 8 bits are taken as they are.
  std::optional<IntensityRange> intensity_range;
  std::string mask_file_format = ".npz";  ///< ".png" and other pictures, or ".npz"
  /// In the order of the file; indices are 0..num_classes-1.
  std::vector<RgbMapEntry> rgb_map = {
      {{0, 0, 0}, 0}, {{0, 255, 0}, 1}, {{255, 0, 0}, 2}, {{0, 0, 255}, 3}};
  DatasetCache cache = DatasetCache::kAuto;
};

struct TrainOptions {
  int epochs = 100;
  int batch_size = 4;
  /// Batches of an epoch, which then goes on with the images where the one before ended; none:
  /// every image once an epoch. Both only with [model] generator = True.
  std::optional<int> steps_per_epoch;
  /// At most so many batches are validated on, the first by name; none: all.
  std::optional<int> validation_steps;
  /// What the best checkpoint, the reducer and early stopping look at.
  MonitorKind monitor = MonitorKind::kValLoss;
  int patience = 10;  ///< epochs without a better monitor before training stops; 0 = never
  ScheduleKind learning_rate_schedule = ScheduleKind::kConstant;
  int warmup_epochs = 0;  ///< epochs at the start during which the learning rate rises
  bool learning_rate_reducer = false;
  double reducer_factor = 0.4;
  int reducer_patience = 4;
  DivergencePolicy on_divergence = DivergencePolicy::kStop;
  std::filesystem::path model_dir = "./models";
  std::filesystem::path eval_dir = "./eval";
  bool epoch_change_infer = true;
  std::filesystem::path epoch_change_infer_dir = "./epoch_change_infer";
  bool epoch_change_tiled_infer = false;
  std::filesystem::path epoch_change_tiled_infer_dir = "./epoch_change_tiled_infer";
  int num_infer_images = 6;
};

struct InferOptions {
  std::optional<std::filesystem::path> images_dir;
  std::optional<std::filesystem::path> output_dir;
  /// The channel of .npy images that overlays and slices show, as gray; none: the picture's
  /// colours.
  std::optional<int> shown_channel;
  std::optional<std::filesystem::path> npy_slices_dir;  ///< file_format "NPY" alone
};

struct TiledInferOptions {
  std::optional<std::filesystem::path> images_dir;
  std::optional<std::filesystem::path> output_dir;
  int split_size = 512;  ///< pixels of a cell's side
  int overlapping = 64;  ///< pixels of margin around a cell
  bool blending = true;  ///< average overlapping windows; false pastes cells edge to edge
  int batch_size = 4;    ///< windows that a GPU predicts at once; a CPU takes one after the other
};

/// Everything a run needs to know, parsed once, checked once, then const. Paths are absolute.
struct Options {
  std::filesystem::path config_file;
  std::filesystem::path project_dir;  ///< the folder of the config file
  NetworkOptions network;
  LossOptions loss;
  OptimizerOptions optimizer;
  DataOptions data;
  bool generator = false;  ///< [model] generator: training draws variants of its samples
  AugmentorOptions augmentor;
  AugmentationOptions augmentation;  ///< what `augmentor` names; none unless this run augments
  TrainOptions train;
  SplitFolders train_split;
  SplitFolders valid_split;
  SplitFolders test_split;
  int eval_batch_size = 4;
  InferOptions infer;
  TiledInferOptions tiled_infer;
};

}  // namespace flexunet
