#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "flexunet/options/options.h"

namespace flexunet {

/// A choice and how the config spells it. The first spelling of a choice is the one that is
/// written.
template <typename Choice>
struct NamedChoice {
  Choice choice;
  std::string_view name;
};

inline constexpr std::array<NamedChoice<Activation>, 11> kActivationNames = {{
    {Activation::kRelu, "relu"},
    {Activation::kElu, "elu"},
    {Activation::kSelu, "selu"},
    {Activation::kGelu, "gelu"},
    {Activation::kTanh, "tanh"},
    {Activation::kSigmoid, "sigmoid"},
    {Activation::kSoftplus, "softplus"},
    {Activation::kLeakyRelu, "leaky_relu"},
    {Activation::kSwish, "swish"},
    {Activation::kSwish, "silu"},
    {Activation::kMish, "mish"},
}};

inline constexpr std::array<NamedChoice<LossKind>, 5> kLossNames = {{
    {LossKind::kCategoricalCrossentropy, "categorical_crossentropy"},
    {LossKind::kDiceLossMulticlass, "dice_loss_multiclass"},
    {LossKind::kCategoricalFocalDiceLoss, "categorical_focal_dice_loss"},
    {LossKind::kDiceCrossentropy, "dice_crossentropy"},
    {LossKind::kFocalCrossentropy, "focal_crossentropy"},
}};

inline constexpr std::array<NamedChoice<MetricKind>, 3> kMetricNames = {{
    {MetricKind::kDiceCoefMulticlass, "dice_coef_multiclass"},
    {MetricKind::kDiceCoefForeground, "dice_coef_foreground"},
    {MetricKind::kDiceCoefHybrid, "dice_coef_hybrid"},
}};

inline constexpr std::array<NamedChoice<OptimizerKind>, 2> kOptimizerNames = {{
    {OptimizerKind::kAdam, "Adam"},
    {OptimizerKind::kAdamW, "AdamW"},
}};

inline constexpr std::array<NamedChoice<ScheduleKind>, 2> kScheduleNames = {{
    {ScheduleKind::kConstant, "constant"},
    {ScheduleKind::kCosine, "cosine"},
}};

inline constexpr std::array<NamedChoice<DivergencePolicy>, 2> kDivergencePolicyNames = {{
    {DivergencePolicy::kStop, "stop"},
    {DivergencePolicy::kRollback, "rollback"},
}};

inline constexpr std::array<NamedChoice<NormalizationKind>, 4> kNormalizationNames = {{
    {NormalizationKind::kNone, "none"},
    {NormalizationKind::kBatch, "batch"},
    {NormalizationKind::kGroup, "group"},
    {NormalizationKind::kInstance, "instance"},
}};

inline constexpr std::array<NamedChoice<DatasetCache>, 4> kDatasetCacheNames = {{
    {DatasetCache::kAuto, "auto"},
    {DatasetCache::kMemory, "memory"},
    {DatasetCache::kDisk, "disk"},
    {DatasetCache::kNone, "none"},
}};

/// The choice of that name, if there is one.
template <typename Choice, std::size_t kCount>
std::optional<Choice> find_choice(const std::array<NamedChoice<Choice>, kCount>& names,
                                  std::string_view name) {
  for (const NamedChoice<Choice>& named : names) {
    if (named.name == name) return named.choice;
  }
  return std::nullopt;
}

/// "relu", "elu", ... as one text.
template <typename Choice, std::size_t kCount>
std::string list_names(const std::array<NamedChoice<Choice>, kCount>& names) {
  std::string list;
  for (const NamedChoice<Choice>& named : names) {
    if (!list.empty()) list += ", ";
    list.append("\"").append(named.name).append("\"");
  }
  return list;
}

}  // namespace flexunet
