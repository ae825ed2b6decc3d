#include "golden/quantities.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "flexunet/model/losses.h"
#include "flexunet/options/names.h"
#include "flexunet/training/adam.h"
#include "support/optimizer_step.h"

namespace flexunet {
namespace {

torch::Tensor scalar(double value) { return torch::tensor(value, torch::kFloat64); }

struct LossAndDice {
  double loss = 0;
  double dice = 0;
};

class Replay {
 public:
  Replay(const Golden& golden, std::optional<std::uint64_t> perturbation)
      : golden_(golden),
        model_(golden.network),
        samples_(golden.tensors.at("images").size(0)),
        optimizer_(model_->parameters(), golden.optimizer) {
    load_golden_weights(model_, golden_, "weight");
    if (perturbation) perturb_weights(*perturbation);
  }

  std::vector<Comparison> run() {
    compare_probs();
    compare_evaluation("evaluate_batch4", 4);
    compare_evaluation("evaluate_batch5", 5);
    compare_gradients();
    compare_ten_steps();
    compare_weights_after_ten_steps();
    compare_fit();
    return std::move(comparisons_);
  }

 private:
  // By about the rounding of float32, relative.
  void perturb_weights(std::uint64_t seed) {
    constexpr double kRounding = 3e-7;
    const torch::NoGradGuard no_grad;
    torch::manual_seed(seed);
    for (torch::Tensor& parameter : model_->parameters()) {
      parameter.mul_(1.0 + kRounding * torch::randn_like(parameter));
    }
  }

  void add(const std::string& quantity, const std::string& what, torch::Tensor actual,
           torch::Tensor expected) {
    comparisons_.push_back({quantity, what, actual.detach().clone(), std::move(expected), 0.0});
  }

  LossAndDice score(const torch::Tensor& logits, std::int64_t first, std::int64_t last) const {
    const torch::NoGradGuard no_grad;
    const torch::Tensor masks = golden_.class_masks(first, last);
    return {compute_loss(golden_.loss, logits, masks).item<double>(),
            compute_metric(golden_.loss, torch::softmax(logits, 1), masks).item<double>()};
  }

  // Loss weighted by samples, metric the plain mean over batches (docs/behaviour.md, "Metrics and
  // scores").
  LossAndDice evaluate(std::int64_t batch_size, std::int64_t samples) {
    const torch::NoGradGuard no_grad;
    model_->eval();
    LossAndDice mean;
    std::int64_t batches = 0;
    for (std::int64_t first = 0; first < samples; first += batch_size) {
      const std::int64_t last = std::min(samples, first + batch_size);
      const LossAndDice batch = score(model_(golden_.images(first, last)), first, last);
      mean.loss += batch.loss * static_cast<double>(last - first) / static_cast<double>(samples);
      mean.dice += batch.dice;
      ++batches;
    }
    mean.dice /= static_cast<double>(batches);
    return mean;
  }

  LossAndDice train_on(std::int64_t first, std::int64_t last) {
    model_->train();
    model_->zero_grad();  // of what compare_gradients left
    const torch::Tensor logits = model_(golden_.images(first, last));
    const LossAndDice batch = score(logits, first, last);
    step_backward(optimizer_, compute_loss(golden_.loss, logits, golden_.class_masks(first, last)));
    return batch;
  }

  void compare_probs() {
    const torch::NoGradGuard no_grad;
    model_->eval();
    add("probs", "all samples", torch::softmax(model_(golden_.images(0, samples_)), 1),
        golden_.tensors.at("probs").permute({0, 3, 1, 2}));
  }

  void compare_evaluation(const std::string& name, std::int64_t batch_size) {
    const LossAndDice result = evaluate(batch_size, samples_);
    const auto& expected = golden_.record.at(name);
    add("loss", name, scalar(result.loss), scalar(expected.at(0)));
    add("dice", name, scalar(result.dice), scalar(expected.at(1)));
  }

  // The recording asked for gradients in training mode without letting BatchNorm's statistics move.
  void compare_gradients() {
    const std::vector<torch::Tensor> tensors = tensors_in_keras_order(model_);
    std::vector<torch::Tensor> before;
    for (const torch::Tensor& tensor : tensors) before.push_back(tensor.detach().clone());
    model_->train();
    compute_loss(golden_.loss, model_(golden_.images(0, 2)), golden_.class_masks(0, 2)).backward();
    const std::vector<torch::Tensor> gradients = tensors_in_keras_order(model_, true);
    const torch::NoGradGuard no_grad;
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      torch::Tensor tensor = tensors[i];
      tensor.copy_(before[i]);
      if (!gradients[i].defined()) continue;
      add("gradient", weight_name(i), gradients[i],
          from_keras_layout(golden_.tensors.at(golden_tensor_name("grad", i))));
    }
  }

  void compare_ten_steps() {
    const auto& record = golden_.record.at("train_on_batch");
    const double dice_before = golden_.record.at("evaluate_batch5").at(1);
    for (std::size_t step = 0; step < record.at("batches").size(); ++step) {
      const auto& batch = record.at("batches").at(step);
      const LossAndDice ours = train_on(batch.at(0), batch.at(1));
      const std::string what = fmt::format("step {}", step + 1);
      double expected_dice = record.at("loss_dice").at(step).at(1);
      // Keras had not reset its running mean before the first step.
      if (step == 0) expected_dice = 2 * expected_dice - dice_before;
      add("loss", what, scalar(ours.loss), scalar(record.at("loss_dice").at(step).at(0)));
      add("dice", what, scalar(ours.dice), scalar(expected_dice));
    }
  }

  void compare_weights_after_ten_steps() {
    const std::vector<torch::Tensor> tensors = tensors_in_keras_order(model_);
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      const bool moving = weight_name(i).find("moving") != std::string::npos;
      add(moving ? "moving statistics" : "weight after ten steps", weight_name(i), tensors[i],
          from_keras_layout(golden_.tensors.at(golden_tensor_name("after10", i))));
    }
  }

  void compare_fit() {
    const auto& fit = golden_.record.at("fit");
    const std::string metric = name_of(golden_.loss.metric);
    for (std::size_t epoch = 0; epoch < fit.at("loss").size(); ++epoch) {
      LossAndDice mean;
      int batches = 0;
      for (std::int64_t first = 0; first < samples_; first += 2) {
        const std::int64_t last = std::min(samples_, first + 2);
        const LossAndDice batch = train_on(first, last);
        mean.loss += batch.loss * static_cast<double>(last - first) / static_cast<double>(samples_);
        mean.dice += batch.dice;
        ++batches;
      }
      const std::string what = fmt::format("epoch {}", epoch + 1);
      add("fit loss", what, scalar(mean.loss), scalar(fit.at("loss").at(epoch)));
      add("fit dice", what, scalar(mean.dice / batches), scalar(fit.at(metric).at(epoch)));
      compare_validation(what, fit.at("val_loss").at(epoch), fit.at("val_" + metric).at(epoch));
    }
  }

  // Keras shuffles the validation images: its dice is that of one of three groupings into 2 + 1.
  void compare_validation(const std::string& what, double expected_loss, double expected_dice) {
    const torch::NoGradGuard no_grad;
    model_->eval();
    double dice[3];
    double loss = 0;
    for (std::int64_t i = 0; i < 3; ++i) {
      const LossAndDice one = score(model_(golden_.images(i, i + 1)), i, i + 1);
      dice[i] = one.dice;
      loss += one.loss / 3;
    }
    double nearest = INFINITY;
    for (int alone = 0; alone < 3; ++alone) {
      const double pair = (dice[(alone + 1) % 3] + dice[(alone + 2) % 3]) / 2;
      const double grouped = (pair + dice[alone]) / 2;
      if (std::abs(grouped - expected_dice) < std::abs(nearest - expected_dice)) nearest = grouped;
    }
    add("fit loss", what + ", validation", scalar(loss), scalar(expected_loss));
    add("fit dice", what + ", validation", scalar(nearest), scalar(expected_dice));
  }

  std::string weight_name(std::size_t index) const {
    return golden_.record.at("weights").at(index).at("name");
  }

  const Golden& golden_;
  FlexUNet model_;
  std::int64_t samples_;
  Adam optimizer_;
  std::vector<Comparison> comparisons_;
};

}  // namespace

double relative_difference(const torch::Tensor& actual, const torch::Tensor& expected) {
  const torch::Tensor difference = (actual - expected).abs().max();
  return (difference / expected.abs().max().clamp_min(1e-12)).item<double>();
}

std::vector<Comparison> compare_with_recording(const Golden& golden) {
  constexpr std::uint64_t kPerturbedReplays = 3;
  std::vector<Comparison> comparisons = Replay(golden, std::nullopt).run();
  for (std::uint64_t seed = 1; seed <= kPerturbedReplays; ++seed) {
    const std::vector<Comparison> perturbed = Replay(golden, seed).run();
    for (std::size_t i = 0; i < comparisons.size(); ++i) {
      const double moved = relative_difference(perturbed.at(i).actual, comparisons[i].actual);
      comparisons[i].sensitivity = std::max(comparisons[i].sensitivity, moved);
    }
  }
  return comparisons;
}

}  // namespace flexunet
