#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace flexunet {

/// What is computed from a weight before it is used (another number format, another order), kept
/// from one prediction to the next. Where gradients are wanted it is computed anew each time.
class PreparedWeight {
 public:
  /// `prepare(weight)` of number format `type`, or what it gave before while neither has changed.
  template <typename Prepare>
  torch::Tensor get(const torch::Tensor& weight, torch::ScalarType type, const Prepare& prepare) {
    if (torch::GradMode::is_enabled() || weight.is_inference()) {
      kept_ = torch::Tensor();
      return prepare(weight);
    }
    if (!kept_.defined() || kept_.scalar_type() != type || kept_.device() != weight.device() ||
        version_ != weight._version()) {
      kept_ = prepare(weight);
      version_ = weight._version();
    }
    return kept_;
  }

 private:
  torch::Tensor kept_;
  std::int64_t version_ = 0;
};

}  // namespace flexunet
