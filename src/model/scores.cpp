#include "flexunet/model/scores.h"

namespace flexunet {

ConfusionCounts::ConfusionCounts(int num_classes)
    : num_classes_(num_classes),
      counts_(static_cast<std::size_t>(num_classes) * static_cast<std::size_t>(num_classes)) {}

void ConfusionCounts::add(const torch::Tensor& predicted, const torch::Tensor& truth) {
  const torch::Tensor cells = (truth.to(torch::kLong) * num_classes_ + predicted).flatten();
  const torch::Tensor batch = torch::bincount(cells, {}, num_classes_ * num_classes_).cpu();
  const auto* values = batch.data_ptr<std::int64_t>();
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += values[i];
}

ConfusionCounts& ConfusionCounts::operator+=(const ConfusionCounts& other) {
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_.at(i);
  return *this;
}

std::int64_t ConfusionCounts::count(int truth, int predicted) const {
  return counts_.at(static_cast<std::size_t>(truth * num_classes_ + predicted));
}

Scores ConfusionCounts::scores() const {
  Scores scores;
  double foreground_sum = 0;
  int foreground_classes = 0;
  for (int c = 0; c < num_classes_; ++c) {
    std::int64_t true_pixels = 0;
    std::int64_t predicted_pixels = 0;
    for (int other = 0; other < num_classes_; ++other) {
      true_pixels += count(c, other);
      predicted_pixels += count(other, c);
    }
    const std::int64_t total = true_pixels + predicted_pixels;
    if (total == 0) {
      scores.class_dice.emplace_back();
      scores.class_iou.emplace_back();
      continue;
    }
    const auto both = static_cast<double>(count(c, c));
    scores.class_dice.emplace_back(2 * both / static_cast<double>(total));
    scores.class_iou.emplace_back(both / (static_cast<double>(total) - both));
    if (c > 0) {
      foreground_sum += *scores.class_dice.back();
      ++foreground_classes;
    }
  }
  if (foreground_classes > 0) scores.foreground_dice = foreground_sum / foreground_classes;
  return scores;
}

}  // namespace flexunet
