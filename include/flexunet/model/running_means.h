#pragma once

#include <torch/torch.h>

#include <cstddef>

namespace flexunet {

/// Loss and metric of an epoch so far: the loss is the mean weighted by samples, the metric the
/// plain mean over batches (docs/behaviour.md, "Metrics and scores"). The sums stay on the device,
/// so that a step does not wait for the numbers of the one before.
class RunningMeans {
 public:
  explicit RunningMeans(torch::Device device)
      : loss_sum_(torch::zeros({}, torch::dtype(torch::kFloat64).device(device))),
        metric_sum_(loss_sum_.clone()),
        finite_batches_(torch::zeros({}, torch::dtype(torch::kInt64).device(device))) {}

  /// Adds the scalars of a batch of `images` samples.
  void add(const torch::Tensor& loss, const torch::Tensor& metric, std::size_t images) {
    loss_sum_.add_(loss.detach().to(torch::kFloat64), static_cast<double>(images));
    metric_sum_.add_(metric.detach().to(torch::kFloat64));
    // A sum that is no finite number stays so.
    finite_batches_.add_(torch::isfinite(loss_sum_));
    images_ += images;
    ++batches_;
  }
  std::size_t images() const { return images_; }
  double loss() const { return loss_sum_.item<double>() / static_cast<double>(images_); }
  double metric() const { return metric_sum_.item<double>() / static_cast<double>(batches_); }
  /// How many batches came before the first whose loss was NaN or infinite; all if there was none.
  std::size_t finite_batches() const {
    return static_cast<std::size_t>(finite_batches_.item<std::int64_t>());
  }

 private:
  torch::Tensor loss_sum_;
  torch::Tensor metric_sum_;
  torch::Tensor finite_batches_;
  std::size_t images_ = 0;
  std::size_t batches_ = 0;
};

}  // namespace flexunet
