#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "config/choice.h"
#include "config/convert.h"
#include "flexunet/options/names.h"

namespace flexunet {
namespace {

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

void check_weight_list(Settings& settings, const std::vector<double>& weights) {
  const int num_classes = settings.integer("model", "num_classes");
  if (num_classes > 0 && weights.size() != static_cast<std::size_t>(num_classes)) {
    settings.reject("model", "class_weights",
                    fmt::format("has {} weights but num_classes is {}: give each class one, the "
                                "background first",
                                weights.size(), num_classes));
    return;
  }
  if (std::all_of(weights.begin(), weights.end(), [](double weight) { return weight == 0; })) {
    settings.reject("model", "class_weights", "must have a weight above 0");
  }
}

void read_class_weights(Settings& settings, LossOptions& loss) {
  if (!settings.is_sound("model", "class_weights")) return;
  const Value& value = settings.value("model", "class_weights");
  if (value.kind == ValueKind::kText) {
    loss.balance_classes = true;
    if (value.text != "balanced") {
      settings.reject("model", "class_weights",
                      "must be \"balanced\" or a list of num_classes numbers");
    }
  } else {
    for (const Value& item : value.items) loss.class_weights.push_back(item.number());
    check_weight_list(settings, loss.class_weights);
  }
  if (loss.loss == LossKind::kDiceLossMulticlass) {
    settings.reject("model", "class_weights",
                    "weighs the crossentropy part of a loss, and \"dice_loss_multiclass\" has "
                    "none: leave it out, or choose another loss");
  }
}

}  // namespace

LossOptions read_loss(Settings& settings) {
  LossOptions loss;
  loss.loss = read_choice(settings, "model", "loss", kLossNames);
  loss.metric = read_metric(settings);
  loss.hybrid_alpha = settings.number("model", "hybrid_alpha");
  loss.hybrid_beta = settings.number("model", "hybrid_beta");
  loss.focal_gamma = settings.number("model", "focal_gamma");
  check_hybrid(settings, loss);
  read_class_weights(settings, loss);
  check_train_metrics(settings, name_of(loss.metric));
  return loss;
}

}  // namespace flexunet
