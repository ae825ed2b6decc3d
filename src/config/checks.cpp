#include "config/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "flexunet/options/names.h"
#include "flexunet/options/network_layers.h"

namespace flexunet {
namespace {

void check_size(Settings& settings, std::string_view name, int size, int num_layers) {
  if (!settings.is_sound("model", name)) return;
  const int factor = 1 << (num_layers - 1);
  if (size % factor == 0) return;
  const int below = size / factor * factor;
  const std::string advice = below == 0 ? fmt::format("try {}", factor)
                                        : fmt::format("try {} or {}", below, below + factor);
  settings.reject("model", name,
                  fmt::format("must be divisible by {} (2^(num_layers-1), num_layers = {}), {}",
                              factor, num_layers, advice));
}

void check_dropout(Settings& settings, double rate, int num_layers) {
  const int deepest = num_layers - 1;
  if (!settings.is_sound("model", "dropout_rate") || rate * deepest < 1.0) return;
  // Rounded down, so that the number shown is a rate that is allowed or the exact bound.
  const double largest = std::floor(10000.0 / deepest) / 10000.0;
  settings.reject("model", "dropout_rate",
                  fmt::format("level {} would drop dropout_rate * {} = {:.4g} of its values: must "
                              "be below {} with num_layers = {}",
                              deepest, deepest, rate * deepest, largest, num_layers));
}

// A group of one value has no spread: it would come out as 0 whatever it was.
void check_bridge(Settings& settings, const NetworkOptions& network) {
  const bool by_image = network.normalization == NormalizationKind::kGroup ||
                        network.normalization == NormalizationKind::kInstance;
  if (!by_image || network.base_filters < 1) return;
  const LevelShape bridge = level_shape(network, network.num_layers - 1);
  const int groups = normalization_groups(network.normalization, bridge.filters);
  if (bridge.width * bridge.height != 1 || bridge.filters > groups) return;
  settings.reject("model", "normalization",
                  fmt::format("would normalize single values at the bridge of 1x1 pixels: use "
                              "fewer levels than num_layers = {}, or \"batch\"",
                              network.num_layers));
}

void check_hybrid(Settings& settings, const LossOptions& loss) {
  constexpr double kRounding = 1e-9;
  if (loss.metric != MetricKind::kDiceCoefHybrid ||
      std::abs(loss.hybrid_alpha + loss.hybrid_beta - 2.0) <= kRounding) {
    return;
  }
  const bool has_beta = settings.is_given("model", "hybrid_beta");
  settings.reject("model", has_beta ? "hybrid_beta" : "hybrid_alpha",
                  fmt::format("hybrid_alpha + hybrid_beta must be 2 for dice_coef_hybrid, not "
                              "{:.6g} + {:.6g}",
                              loss.hybrid_alpha, loss.hybrid_beta));
}

void check_class_weights(Settings& settings, const LossOptions& loss, int num_classes) {
  if (!settings.is_sound("model", "class_weights")) return;
  const std::vector<double>& weights = loss.class_weights;
  if (!loss.balance_classes) {
    if (num_classes > 0 && weights.size() != static_cast<std::size_t>(num_classes)) {
      settings.reject("model", "class_weights",
                      fmt::format("has {} weights but num_classes is {}: give each class one, the "
                                  "background first",
                                  weights.size(), num_classes));
    } else if (std::all_of(weights.begin(), weights.end(), [](double w) { return w == 0; })) {
      settings.reject("model", "class_weights", "must have a weight above 0");
    }
  }
  if (loss.loss == LossKind::kDiceLossMulticlass) {
    settings.reject("model", "class_weights",
                    "weighs the crossentropy part of a loss, and \"dice_loss_multiclass\" has "
                    "none: leave it out, or choose another loss");
  }
}

void check_metric_names(Settings& settings, const std::string& metric) {
  if (settings.is_sound("model", "metrics") &&
      settings.value("model", "metrics").items.size() > 1) {
    settings.warn("model", "metrics", fmt::format("only \"{}\" is used", metric));
  }
  if (!settings.uses(kTrain) || !settings.is_sound("train", "metrics")) return;
  const auto& names = settings.value("train", "metrics").items;
  if (names.size() == 2 && names[0].text == metric && names[1].text == "val_" + metric) return;
  settings.warn("train", "metrics",
                fmt::format("[\"{0}\", \"val_{0}\"] is used, as [model] metrics says", metric));
}

void check_channels(Settings& settings, const Options& options) {
  if (!settings.is_sound("model", "image_channels")) return;
  const int channels = options.network.image_channels;
  if (channels == 2) settings.reject("model", "image_channels", "must be 1, 3 or 4");
  if (channels == 4 && options.data.image_format != ImageFileFormat::kNpy) {
    settings.reject("model", "image_channels",
                    "must be 1 or 3: 4 channels need [image] file_format = \"NPY\"");
  }
}

// Three channels are shown as the colours that they most likely are, unless one is asked for.
void complete_shown_channel(Settings& settings, int channels, std::optional<int>& shown) {
  if (!settings.is_given("infer", "npy_slice_index")) {
    if (channels != 3) shown = channels == 1 ? 0 : 1;
    return;
  }
  if (!settings.is_sound("infer", "npy_slice_index") || (*shown >= 0 && *shown < channels)) return;
  settings.reject(
      "infer", "npy_slice_index",
      fmt::format("must be {}: [model] image_channels is {}",
                  channels == 1 ? "0" : fmt::format("from 0 to {}", channels - 1), channels));
}

// So that a short look with --set train.epochs=1 needs no other change.
void shorten_warmup(Settings& settings, TrainOptions& train) {
  if (!settings.uses(kTrain) || !settings.is_sound("train", "epochs") ||
      train.warmup_epochs < train.epochs) {
    return;
  }
  train.warmup_epochs = train.epochs - 1;
  settings.warn("train", "warmup_epochs",
                fmt::format("must be below epochs, which is {}: {} are used", train.epochs,
                            train.warmup_epochs));
}

void complete_previews(Settings& settings, TrainOptions& train) {
  if (!settings.uses(kPreviews) || settings.is_given("infer", "images_dir")) return;
  settings.warn("train",
                train.epoch_change_infer ? "epoch_change_infer" : "epoch_change_tiled_infer",
                "[infer] images_dir is missing, so no images are predicted between epochs; set "
                "this to False or name a folder");
  train.epoch_change_infer = false;
  train.epoch_change_tiled_infer = false;
}

}  // namespace

void check_network(Settings& settings, const NetworkOptions& network) {
  if (settings.is_sound("model", "base_kernels") && network.base_kernel % 2 == 0) {
    settings.reject("model", "base_kernels",
                    fmt::format("must be odd, try ({0},{0}) or ({1},{1})", network.base_kernel - 1,
                                network.base_kernel + 1));
  }
  if (!settings.is_sound("model", "num_layers")) return;
  check_size(settings, "image_width", network.image_width, network.num_layers);
  check_size(settings, "image_height", network.image_height, network.num_layers);
  check_dropout(settings, network.dropout_rate, network.num_layers);
  check_bridge(settings, network);
}

void check_loss(Settings& settings, const Options& options) {
  check_hybrid(settings, options.loss);
  check_class_weights(settings, options.loss, options.network.num_classes);
  check_metric_names(settings, name_of(options.loss.metric));
}

void check_data(Settings& settings, const Options& options) {
  check_channels(settings, options);
  const int num_classes = options.network.num_classes;
  const std::size_t colors = options.data.rgb_map.size();
  if (settings.is_sound("mask", "rgb_map") && num_classes > 0 &&
      colors != static_cast<std::size_t>(num_classes)) {
    settings.reject("mask", "rgb_map",
                    fmt::format("has {} colours but [model] num_classes is {}: give each class, "
                                "the background too, one colour",
                                colors, num_classes));
  }
  const TiledInferOptions& tiled = options.tiled_infer;
  if (tiled.overlapping >= tiled.split_size) {
    settings.reject("tiledinfer", "overlapping",
                    fmt::format("must be below split_size, which is {}", tiled.split_size));
  }
}

void check_training(Settings& settings, const TrainOptions& train) {
  if (train.learning_rate_schedule != ScheduleKind::kConstant && train.learning_rate_reducer) {
    settings.reject("train", "learning_rate_schedule",
                    "and learning_rate_reducer = True both change the learning rate: choose one");
  }
}

void check_augmentor(Settings& settings, const AugmentorOptions& augmentor) {
  const auto alpha = [&](const char* name) { return settings.value("deformation", name).number(); };
  if (augmentor.deformation && settings.is_given("deformation", "alpha") &&
      settings.is_given("deformation", "alpah") && alpha("alpha") != alpha("alpah")) {
    settings.reject("deformation", "alpha",
                    "alpah, its spelling in the original, has another value: keep one of them");
  }
}

void complete_options(Settings& settings, Options& options) {
  options.tiled_infer.batch_size = options.eval_batch_size;
  TrainOptions& train = options.train;
  train.num_infer_images = std::max(1, train.num_infer_images);
  shorten_warmup(settings, train);
  complete_previews(settings, train);
  if (!settings.uses(kDraws)) {
    train.steps_per_epoch.reset();
    train.validation_steps.reset();
  }
  if (options.data.image_format == ImageFileFormat::kNpy) {
    complete_shown_channel(settings, options.network.image_channels, options.infer.shown_channel);
  } else {
    options.infer.shown_channel.reset();
    if (options.network.image_channels == 1) options.infer.shown_channel = 0;
    options.infer.npy_slices_dir.reset();
  }
  if (settings.uses(kAugments)) options.augmentation.variants = list_variants(options.augmentor);
}

}  // namespace flexunet
