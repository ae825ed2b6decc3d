#include "flexunet/inference/evaluate.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "flexunet/base/interrupt.h"
#include "flexunet/loader/batch.h"
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

Evaluation evaluate(FlexUNet& model, const Dataset& dataset, int batch_size,
                    const LossOptions& options, torch::Device device) {
  const c10::InferenceMode inference;
  model->eval();
  std::vector<std::size_t> order(dataset.samples.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const int num_classes = model->network().num_classes;
  // Nothing is read back before the end: a GPU would have to wait.
  RunningMeans means(device);
  std::vector<torch::Tensor> class_pixels;
  for (std::size_t first = 0; first < order.size(); first += static_cast<std::size_t>(batch_size)) {
    throw_if_interrupted();
    const std::size_t count = std::min(static_cast<std::size_t>(batch_size), order.size() - first);
    const Batch batch = make_batch(dataset, order, first, count, device);
    const torch::Tensor logits = model(batch.images);
    const torch::Tensor probs = torch::softmax(logits, 1);
    means.add(compute_loss(options, logits, batch.class_masks),
              compute_metric(options, probs, batch.class_masks), count);
    class_pixels.push_back(count_class_pixels(logits.argmax(1), batch.class_masks, num_classes));
  }
  Evaluation result;
  result.loss = means.loss();
  result.metric = means.metric();
  add_scores(torch::cat(class_pixels).cpu(), result);
  return result;
}

}  // namespace flexunet
