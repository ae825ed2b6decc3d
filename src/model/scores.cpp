#include "flexunet/model/scores.h"

namespace flexunet {

torch::Tensor count_class_pixels(const torch::Tensor& predicted, const torch::Tensor& truth,
                                 int num_classes) {
  const torch::Tensor cells = (truth.to(torch::kLong) * num_classes + predicted).flatten(1);
  // Not bincount, which looks at the largest number first: that would make a GPU wait.
  const torch::Tensor pairs =
      torch::zeros({cells.size(0), num_classes * num_classes}, cells.options())
          .scatter_add_(1, cells, torch::ones({1, 1}, cells.options()).expand_as(cells))
          .view({-1, num_classes, num_classes});
  return torch::stack({pairs.sum(2), pairs.sum(1), pairs.diagonal(0, 1, 2)}, 1);
}

Scores scores_of(const torch::Tensor& class_pixels) {
  const auto pixels = class_pixels.accessor<std::int64_t, 2>();
  Scores scores;
  double foreground_sum = 0;
  int foreground_classes = 0;
  for (std::int64_t c = 0; c < class_pixels.size(1); ++c) {
    const std::int64_t total = pixels[0][c] + pixels[1][c];
    if (total == 0) {
      scores.class_dice.emplace_back();
      scores.class_iou.emplace_back();
      continue;
    }
    const auto both = static_cast<double>(pixels[2][c]);
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
