#include "flexunet/inference/evaluate.h"

#include "flexunet/base/interrupt.h"
#include "flexunet/model/losses.h"

namespace flexunet {

Evaluation evaluate(FlexUNet& model, const Dataset& dataset, const LoaderOptions& loading,
                    const LossOptions& options) {
  const c10::InferenceMode inference;
  model->eval();
  BatchLoader loader(dataset, order_of_names(dataset.size()), loading);
  ConfusionCounts counts(model->network().num_classes);
  Evaluation result;
  for (std::size_t index = 0; index < loader.batches(); ++index) {
    throw_if_interrupted();
    const Batch batch = loader.next();
    const torch::Tensor logits = model(batch.images);
    const torch::Tensor probs = torch::softmax(logits, 1);
    result.loss += compute_loss(options, logits, batch.class_masks).item<double>() *
                   static_cast<double>(batch.images.size(0));
    result.metric += compute_metric(options, probs, batch.class_masks).item<double>();
    const torch::Tensor predicted = logits.argmax(1);
    for (std::int64_t i = 0; i < predicted.size(0); ++i) {
      ConfusionCounts image(model->network().num_classes);
      image.add(predicted[i], batch.class_masks[i]);
      result.image_foreground_dice.push_back(image.scores().foreground_dice);
      counts += image;
    }
  }
  result.loss /= static_cast<double>(dataset.size());
  result.metric /= static_cast<double>(loader.batches());
  result.waiting_seconds = loader.waiting_seconds();
  result.scores = counts.scores();
  return result;
}

}  // namespace flexunet
