#pragma once

#include <torch/torch.h>

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

/// Pixels of each image and class in the truth, in the prediction and in both: (N,3,C) int64, in
/// this order, on the device of the masks. Both masks are (N,H,W) of an integer type,
/// 0..num_classes-1, on one device, which is not waited for.
torch::Tensor count_class_pixels(const torch::Tensor& predicted, const torch::Tensor& truth,
                                 int num_classes);

/// The scores that such counts stand for: (3,C) of one image or summed over images, on the CPU.
Scores scores_of(const torch::Tensor& class_pixels);

}  // namespace flexunet
