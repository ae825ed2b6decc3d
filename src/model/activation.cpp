#include "model/activation.h"

#include <stdexcept>

namespace flexunet {

torch::Tensor activate(Activation activation, torch::Tensor x) {
  constexpr double kKerasLeakySlope = 0.2;
  switch (activation) {
    case Activation::kRelu:
      return x.relu_();
    case Activation::kElu:
      return torch::elu(x);
    case Activation::kSelu:
      return torch::selu(x);
    case Activation::kGelu:
      return torch::gelu(x);
    case Activation::kTanh:
      return torch::tanh(x);
    case Activation::kSigmoid:
      return torch::sigmoid(x);
    case Activation::kSoftplus:
      return torch::softplus(x);
    case Activation::kLeakyRelu:
      return torch::leaky_relu(x, kKerasLeakySlope);
    case Activation::kSwish:
      return torch::silu(x);
    case Activation::kMish:
      // LibTorch 1.13 has no kernel for bfloat16.
      return torch::mish(x.to(torch::kFloat32)).to(x.scalar_type());
  }
  throw std::logic_error("activation without a case");
}

}  // namespace flexunet
