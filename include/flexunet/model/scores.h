#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <optional>
#include <vector>

namespace flexunet {

/// Scores of predicted class masks, pooled over a whole set of images.
struct Scores {
  /// 2|P and T| / (|P| + |T|) of each class, background first; empty where the class occurs in
  /// neither truth nor prediction.
  std::vector<std::optional<double>> class_dice;
  /// |P and T| / |P or T| of each class, as above.
  std::vector<std::optional<double>> class_iou;
  /// Mean Dice over the classes 1.. that occur in truth or prediction; empty if none does.
  std::optional<double> foreground_dice;
};

/// Counts of (true class, predicted class) over pixels.
class ConfusionCounts {
 public:
  explicit ConfusionCounts(int num_classes);
  /// Adds masks: both of one shape and an integer type, 0..num_classes-1, on one device.
  void add(const torch::Tensor& predicted, const torch::Tensor& truth);
  ConfusionCounts& operator+=(const ConfusionCounts& other);
  /// Pixels of class `truth` that were predicted as class `predicted`.
  std::int64_t count(int truth, int predicted) const;
  Scores scores() const;

 private:
  int num_classes_;
  std::vector<std::int64_t> counts_;  // row: truth, column: prediction
};

}  // namespace flexunet
