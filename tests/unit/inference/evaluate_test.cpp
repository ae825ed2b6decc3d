#include "flexunet/inference/evaluate.h"

#include <gtest/gtest.h>

#include "flexunet/loader/batch_loader.h"
#include "flexunet/model/losses.h"
#include "support/toy_dataset.h"

namespace flexunet {
namespace {

// docs/behaviour.md, "Metrics and scores": loss weighted by samples, metric the plain mean over
// batches.
TEST(Evaluate, WeighsTheLossBySamplesAndTheMetricByBatches) {
  FlexUNet model(toy_network(16));
  const Dataset dataset = toy_dataset(3, 16);
  const Evaluation evaluation = evaluate(model, dataset, {2}, {});
  const torch::NoGradGuard no_grad;
  model->eval();
  double losses[2];
  double metrics[2];
  BatchLoader loader(dataset, {0, 1, 2}, {2});
  for (std::size_t i = 0; i < 2; ++i) {
    const Batch batch = loader.next();
    const torch::Tensor logits = model(batch.images);
    losses[i] = compute_loss({}, logits, batch.class_masks).item<double>();
    metrics[i] = compute_metric({}, torch::softmax(logits, 1), batch.class_masks).item<double>();
  }
  EXPECT_NEAR(evaluation.loss, (2 * losses[0] + losses[1]) / 3, 1e-6);
  EXPECT_NEAR(evaluation.metric, (metrics[0] + metrics[1]) / 2, 1e-6);
  EXPECT_NE(losses[0], losses[1]);
}

TEST(Evaluate, ScoresEveryImageAndThePool) {
  FlexUNet model(toy_network(16));
  const Dataset dataset = toy_dataset(3, 16);
  const Evaluation all = evaluate(model, dataset, {2}, {});
  ASSERT_EQ(all.image_foreground_dice.size(), 3U);
  const Dataset last = memory_dataset({dataset.sample(2)});
  const Evaluation one = evaluate(model, last, {2}, {});
  EXPECT_EQ(one.image_foreground_dice[0], all.image_foreground_dice[2]);
  EXPECT_EQ(one.scores.foreground_dice, all.image_foreground_dice[2]);
}

}  // namespace
}  // namespace flexunet
