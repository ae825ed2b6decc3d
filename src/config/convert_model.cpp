#include <fmt/format.h>

#include <cmath>

#include "flexunet/config/convert.h"
#include "flexunet/config/names.h"

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

template <typename Choice, std::size_t kCount>
Choice read_choice(Settings& settings, std::string_view key,
                   const std::array<NamedChoice<Choice>, kCount>& names) {
  const std::optional<Choice> choice = find_choice(names, settings.text("model", key));
  if (!choice && settings.is_sound("model", key)) {
    settings.reject("model", key, "unknown name: must be one of " + list_names(names));
  }
  return choice.value_or(names.front().choice);
}

MetricKind read_metric(Settings& settings) {
  const auto& names = settings.value("model", "metrics").items;
  const std::optional<MetricKind> metric = find_choice(kMetricNames, names[0].text);
  if (!metric) {
    settings.reject("model", "metrics",
                    fmt::format("unknown name \"{}\": must be one of {}", names[0].text,
                                list_names(kMetricNames)));
  }
  if (names.size() > 1) {
    settings.warn("model", "metrics", fmt::format("only \"{}\" is used", names[0].text));
  }
  return metric.value_or(MetricKind::kDiceCoefMulticlass);
}

void check_train_metrics(Settings& settings, const std::string& metric) {
  if (settings.parts().task != Task::kTrain || !settings.is_sound("train", "metrics")) return;
  const auto& names = settings.value("train", "metrics").items;
  if (names.size() == 2 && names[0].text == metric && names[1].text == "val_" + metric) return;
  settings.warn("train", "metrics",
                fmt::format("[\"{0}\", \"val_{0}\"] is used, as [model] metrics says", metric));
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
  network.normalization = settings.flag("model", "normalization");
  network.num_classes = settings.integer("model", "num_classes");
  network.base_filters = settings.integer("model", "base_filters");
  network.base_kernel = read_pair(settings, "base_kernels");
  network.num_layers = settings.integer("model", "num_layers");
  network.dropout_rate = settings.number("model", "dropout_rate");
  network.dilation = read_pair(settings, "dilation");
  network.activation = read_choice(settings, "activation", kActivationNames);
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
  }
  return network;
}

LossOptions read_loss(Settings& settings) {
  LossOptions loss;
  loss.loss = read_choice(settings, "loss", kLossNames);
  loss.metric = read_metric(settings);
  loss.hybrid_alpha = settings.number("model", "hybrid_alpha");
  loss.hybrid_beta = settings.number("model", "hybrid_beta");
  constexpr double kRounding = 1e-9;
  if (loss.metric == MetricKind::kDiceCoefHybrid &&
      std::abs(loss.hybrid_alpha + loss.hybrid_beta - 2.0) > kRounding) {
    const bool has_beta = settings.is_given("model", "hybrid_beta");
    settings.reject("model", has_beta ? "hybrid_beta" : "hybrid_alpha",
                    fmt::format("hybrid_alpha + hybrid_beta must be 2 for dice_coef_hybrid, not "
                                "{:.6g} + {:.6g}",
                                loss.hybrid_alpha, loss.hybrid_beta));
  }
  check_train_metrics(settings, name_of(loss.metric));
  return loss;
}

OptimizerOptions read_optimizer(Settings& settings) {
  OptimizerOptions optimizer;
  optimizer.optimizer = read_choice(settings, "optimizer", kOptimizerNames);
  optimizer.learning_rate = settings.number("model", "learning_rate");
  optimizer.clipvalue = settings.number("model", "clipvalue");
  optimizer.weight_decay = settings.number("model", "weight_decay");
  return optimizer;
}

}  // namespace flexunet
