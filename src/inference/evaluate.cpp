#include "flexunet/inference/evaluate.h"

#include "flexunet/base/interrupt.h"
#include "flexunet/model/losses.h"
#include "flexunet/model/running_means.h"

namespace flexunet {
namespace {

// Of each image and of all together, from (N,3,C) counts on the CPU.
void add_scores(const torch::Tensor& class_pixels, Evaluation& result) {
  for (std::int64_t i = 0; i < class_pixels.size(0); ++i) {
    result.image_foreground_dice.push_back(scores_of(class_pixels[i]).foreground_dice);
  }
  result.scores = scores_of(class_pixels.sum(0));
}

}  // namespace

Evaluation evaluate(FlexUNet& model, const Dataset& dataset, const LoaderOptions& loading,
                    const LossOptions& options) {
  const c10::InferenceMode inference;
  model->eval();
  BatchLoader loader(dataset, order_of_names(dataset.size()), loading);
  const int num_classes = model->network().num_classes;
  // Nothing is read back before the end: a GPU would have to wait.
  RunningMeans means(loading.device);
  std::vector<torch::Tensor> class_pixels;
  for (std::size_t index = 0; index < loader.batches(); ++index) {
    throw_if_interrupted();
    const Batch batch = loader.next();
    const torch::Tensor logits = model(batch.images);
    const torch::Tensor probs = torch::softmax(logits, 1);
    means.add(compute_loss(options, logits, batch.class_masks),
              compute_metric(options, probs, batch.class_masks),
              static_cast<std::size_t>(batch.images.size(0)));
    class_pixels.push_back(count_class_pixels(logits.argmax(1), batch.class_masks, num_classes));
  }
  Evaluation result;
  result.loss = means.loss();
  result.metric = means.metric();
  result.waiting_seconds = loader.waiting_seconds();
  add_scores(torch::cat(class_pixels).cpu(), result);
  return result;
}

}  // namespace flexunet
