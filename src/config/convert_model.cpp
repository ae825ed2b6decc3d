#include <fmt/format.h>

#include <cmath>

#include "config/choice.h"
#include "config/convert.h"
#include "flexunet/options/names.h"
#include "flexunet/options/network_shape.h"

namespace flexunet {
namespace {

void require_model_keys(Settings& settings) {
  settings.require("model", "image_width",
                   "the width in pixels the images are resized to, such as image_width = 512");
  settings.require("model", "image_height",
                   "the height in pixels the images are resized to, such as image_height = 512");
  settings.require("model", "num_classes",
                   "the number of classes with the background, such as num_classes = 2");
  settings.require("model", "base_filters",
                   "the filters of the first level, such as base_filters = 16");
  settings.require("model", "dropout_rate",
                   "level i drops dropout_rate * i, such as dropout_rate = 0.05");
}

void check_size(Settings& settings, std::string_view key, int num_layers) {
  if (!settings.is_sound("model", key)) return;
  const int size = settings.integer("model", key);
  const int factor = 1 << (num_layers - 1);
  if (size % factor == 0) return;
  const int below = size / factor * factor;
  const std::string advice = below == 0 ? fmt::format("try {}", factor)
                                        : fmt::format("try {} or {}", below, below + factor);
  settings.reject("model", key,
                  fmt::format("must be divisible by {} (2^(num_layers-1), num_layers = {}), {}",
                              factor, num_layers, advice));
}

// The number of a pair such as (3,3), 0 when it is not sound.
int read_pair(Settings& settings, std::string_view key) {
  if (!settings.is_sound("model", key)) return 0;
  const auto& items = settings.value("model", key).items;
  const auto first = items[0].integer;
  const auto second = items[1].integer;
  if (first != second) {
    settings.reject(
        "model", key,
        fmt::format("must be two equal numbers, try ({0},{0}) or ({1},{1})", first, second));
    return 0;
  }
  return static_cast<int>(first);
}

void check_dropout(Settings& settings, int num_layers) {
  const double rate = settings.number("model", "dropout_rate");
  const int deepest = num_layers - 1;
  if (!settings.is_sound("model", "dropout_rate") || rate * deepest < 1.0) return;
  // Rounded down, so that the number shown is a rate that is allowed or the exact bound.
  const double largest = std::floor(10000.0 / deepest) / 10000.0;
  settings.reject("model", "dropout_rate",
                  fmt::format("level {} would drop dropout_rate * {} = {:.4g} of its values: must "
                              "be below {} with num_layers = {}",
                              deepest, deepest, rate * deepest, largest, num_layers));
}

NormalizationKind read_normalization(Settings& settings) {
  const Value& value = settings.value("model", "normalization");
  if (value.kind == ValueKind::kBool) {
    return value.boolean ? NormalizationKind::kBatch : NormalizationKind::kNone;
  }
  const auto kind = find_choice(kNormalizationNames, value.text);
  if (!kind && settings.is_sound("model", "normalization")) {
    settings.reject("model", "normalization",
                    fmt::format("must be False, True (which is \"batch\") or one of {}",
                                list_names(kNormalizationNames)));
  }
  return kind.value_or(NormalizationKind::kNone);
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

}  // namespace

NetworkOptions read_network(Settings& settings) {
  require_model_keys(settings);
  const std::string& model = settings.text("model", "model");
  if (settings.is_sound("model", "model") && model != "TensorFlowFlexUNet" && model != "FlexUNet") {
    settings.reject("model", "model", "must be \"TensorFlowFlexUNet\" or \"FlexUNet\"");
  }
  NetworkOptions network;
  network.image_width = settings.integer("model", "image_width");
  network.image_height = settings.integer("model", "image_height");
  network.image_channels = settings.integer("model", "image_channels");
  network.input_normalize = settings.flag("model", "input_normalize");
  network.normalization = read_normalization(settings);
  network.num_classes = settings.integer("model", "num_classes");
  network.base_filters = settings.integer("model", "base_filters");
  network.base_kernel = read_pair(settings, "base_kernels");
  network.num_layers = settings.integer("model", "num_layers");
  network.dropout_rate = settings.number("model", "dropout_rate");
  network.dilation = read_pair(settings, "dilation");
  network.activation = read_choice(settings, "model", "activation", kActivationNames);
  network.dropout_seed_fixing = settings.flag("model", "dropout_seed_fixing");
  if (network.base_kernel > 0 && network.base_kernel % 2 == 0) {
    settings.reject("model", "base_kernels",
                    fmt::format("must be odd, try ({0},{0}) or ({1},{1})", network.base_kernel - 1,
                                network.base_kernel + 1));
  }
  if (settings.is_sound("model", "num_layers")) {
    check_size(settings, "image_width", network.num_layers);
    check_size(settings, "image_height", network.num_layers);
    check_dropout(settings, network.num_layers);
    check_bridge(settings, network);
  }
  return network;
}

OptimizerOptions read_optimizer(Settings& settings) {
  OptimizerOptions optimizer;
  optimizer.optimizer = read_choice(settings, "model", "optimizer", kOptimizerNames);
  optimizer.learning_rate = settings.number("model", "learning_rate");
  optimizer.clipvalue = settings.number("model", "clipvalue");
  optimizer.weight_decay = settings.number("model", "weight_decay");
  return optimizer;
}

}  // namespace flexunet
