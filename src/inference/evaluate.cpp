#include "flexunet/inference/evaluate.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "flexunet/base/interrupt.h"
#include "flexunet/loader/batch.h"
#include "flexunet/model/losses.h"

namespace flexunet {

Evaluation evaluate(FlexUNet& model, const Dataset& dataset, int batch_size,
                    const LossOptions& options, torch::Device device) {
  const c10::InferenceMode inference;
  model->eval();
  std::vector<std::size_t> order(dataset.samples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  ConfusionCounts counts(model->network().num_classes);
  Evaluation result;
  int batches = 0;
  for (std::size_t first = 0; first < order.size(); first += static_cast<std::size_t>(batch_size)) {
    throw_if_interrupted();
    const std::size_t count = std::min(static_cast<std::size_t>(batch_size), order.size() - first);
    const Batch batch = make_batch(dataset, order, first, count, device);
    const torch::Tensor logits = model(batch.images);
    const torch::Tensor probs = torch::softmax(logits, 1);
    result.loss += compute_loss(options, logits, batch.class_masks).item<double>() *
                   static_cast<double>(count);
    result.metric += compute_metric(options, probs, batch.class_masks).item<double>();
    const torch::Tensor predicted = logits.argmax(1);
    for (std::int64_t i = 0; i < predicted.size(0); ++i) {
      ConfusionCounts image(model->network().num_classes);
      image.add(predicted[i], batch.class_masks[i]);
      result.image_foreground_dice.push_back(image.scores().foreground_dice);
      counts += image;
    }
    ++batches;
  }
  result.loss /= static_cast<double>(order.size());
  result.metric /= batches;
  result.scores = counts.scores();
  return result;
}

}  // namespace flexunet
