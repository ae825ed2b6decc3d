#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "flexunet/options/options.h"

namespace flexunet {

/// A choice and how the config spells it.
template <typename Choice>
struct NamedChoice {
  Choice choice;
  std::string_view name;
};

/// The names of every choice. The first spelling of a choice is the one that is written.
template <typename Choice>
inline constexpr NamedChoice<Choice> kNames[1] = {};
template <>
inline constexpr NamedChoice<Activation> kNames<Activation>[] = {
    {Activation::kRelu, "relu"},         {Activation::kElu, "elu"},
    {Activation::kSelu, "selu"},         {Activation::kGelu, "gelu"},
    {Activation::kTanh, "tanh"},         {Activation::kSigmoid, "sigmoid"},
    {Activation::kSoftplus, "softplus"}, {Activation::kLeakyRelu, "leaky_relu"},
    {Activation::kSwish, "swish"},       {Activation::kSwish, "silu"},
    {Activation::kMish, "mish"},
};
template <>
inline constexpr NamedChoice<LossKind> kNames<LossKind>[] = {
    {LossKind::kCategoricalCrossentropy, "categorical_crossentropy"},
    {LossKind::kDiceLossMulticlass, "dice_loss_multiclass"},
    {LossKind::kCategoricalFocalDiceLoss, "categorical_focal_dice_loss"},
    {LossKind::kDiceCrossentropy, "dice_crossentropy"},
    {LossKind::kFocalCrossentropy, "focal_crossentropy"},
};
template <>
inline constexpr NamedChoice<MetricKind> kNames<MetricKind>[] = {
    {MetricKind::kDiceCoefMulticlass, "dice_coef_multiclass"},
    {MetricKind::kDiceCoefForeground, "dice_coef_foreground"},
    {MetricKind::kDiceCoefHybrid, "dice_coef_hybrid"},
};
template <>
inline constexpr NamedChoice<OptimizerKind> kNames<OptimizerKind>[] = {
    {OptimizerKind::kAdam, "Adam"},
    {OptimizerKind::kAdamW, "AdamW"},
};
template <>
inline constexpr NamedChoice<ScheduleKind> kNames<ScheduleKind>[] = {
    {ScheduleKind::kConstant, "constant"},
    {ScheduleKind::kCosine, "cosine"},
};
template <>
inline constexpr NamedChoice<DivergencePolicy> kNames<DivergencePolicy>[] = {
    {DivergencePolicy::kStop, "stop"},
    {DivergencePolicy::kRollback, "rollback"},
};
template <>
inline constexpr NamedChoice<NormalizationKind> kNames<NormalizationKind>[] = {
    {NormalizationKind::kNone, "none"},
    {NormalizationKind::kBatch, "batch"},
    {NormalizationKind::kGroup, "group"},
    {NormalizationKind::kInstance, "instance"},
};
template <>
inline constexpr NamedChoice<DatasetCache> kNames<DatasetCache>[] = {
    {DatasetCache::kAuto, "auto"},
    {DatasetCache::kMemory, "memory"},
    {DatasetCache::kDisk, "disk"},
    {DatasetCache::kNone, "none"},
};

/// The choice of that name, if there is one.
template <typename Choice>
std::optional<Choice> find_choice(std::string_view name) {
  for (const auto& named : kNames<Choice>) {
    if (named.name == name) return named.choice;
  }
  return std::nullopt;
}

/// How the config spells a choice: "relu", "categorical_crossentropy", ...
template <typename Choice>
std::string name_of(Choice choice) {
  for (const auto& named : kNames<Choice>) {
    if (named.choice == choice) return std::string(named.name);
  }
  return "";
}

/// "val_loss", ..., with the name of the metric in question: "val_dice_coef_multiclass".
std::string name_of(MonitorKind monitor, MetricKind metric);

/// "relu", "elu", ... as one text.
template <typename Choice>
std::string list_names() {
  std::string list;
  for (const auto& named : kNames<Choice>) {
    if (!list.empty()) list += ", ";
    list.append("\"").append(named.name).append("\"");
  }
  return list;
}

}  // namespace flexunet
