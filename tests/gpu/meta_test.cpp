// What a GPU would do with a training step, without one: on LibTorch's meta device tensors have
// shapes and memory orders and no numbers, and the branches for devices other than the CPU are
// taken.
#include <gtest/gtest.h>
#include <torch/library.h>
#include <torch/torch.h>
#include <torch/version.h>

#include "flexunet/model/flexunet.h"
#include "flexunet/model/losses.h"

#if TORCH_VERSION_MAJOR >= 2

namespace flexunet {
namespace {

constexpr auto kChannelsLast = at::MemoryFormat::ChannelsLast;

// cuDNN convolves in the memory order that its input or its weight has (LibTorch's
// cudnn_conv_suggest_memory_format); what comes in another order is copied first.
class Convolutions {
 public:
  static void reset() { copies = 0; }
  static inline int copies = 0;

  static at::Tensor forward(const at::Tensor& x, const at::Tensor& weight,
                            const std::optional<at::Tensor>& /*bias*/, at::IntArrayRef stride,
                            at::IntArrayRef padding, at::IntArrayRef dilation, bool /*transposed*/,
                            at::IntArrayRef /*output_padding*/, std::int64_t /*groups*/) {
    const auto extent = [&](std::size_t axis) {
      const auto i = static_cast<std::int64_t>(axis) + 2;
      return (x.size(i) + 2 * padding[axis] - dilation[axis] * (weight.size(i) - 1) - 1) /
                 stride[axis] +
             1;
    };
    count(x, weight, x);
    return at::empty({x.size(0), weight.size(0), extent(0), extent(1)}, x.options(),
                     order_of(x, weight));
  }

  static std::tuple<at::Tensor, at::Tensor, at::Tensor> backward(
      const at::Tensor& gradient, const at::Tensor& x, const at::Tensor& weight, at::IntArrayRef,
      at::IntArrayRef, at::IntArrayRef, bool, at::IntArrayRef, std::int64_t,
      std::array<bool, 3> wanted) {
    count(x, weight, gradient);
    count(x, weight, x);
    const at::MemoryFormat order = order_of(x, weight);
    return {wanted[0] ? at::empty(x.sizes(), x.options(), order) : at::Tensor(),
            wanted[1] ? at::empty(weight.sizes(), weight.options(), order) : at::Tensor(),
            wanted[2] ? at::empty({weight.size(0)}, weight.options()) : at::Tensor()};
  }

 private:
  static at::MemoryFormat order_of(const at::Tensor& x, const at::Tensor& weight) {
    const bool last = x.suggest_memory_format() == kChannelsLast ||
                      weight.suggest_memory_format() == kChannelsLast;
    return last ? kChannelsLast : at::MemoryFormat::Contiguous;
  }
  static void count(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& used) {
    if (!used.is_contiguous(order_of(x, weight))) ++copies;
  }
};

// LibTorch has these for the meta device in Python alone.
std::tuple<at::Tensor, at::Tensor> nll_loss(const at::Tensor& x, const at::Tensor& target,
                                            const std::optional<at::Tensor>&,
                                            std::int64_t reduction, c10::SymInt) {
  const bool each = reduction == at::Reduction::None;
  return {each ? at::empty(target.sizes(), x.options()) : at::empty({}, x.options()),
          at::empty({}, x.options())};
}
at::Tensor nll_loss_backward(const at::Tensor&, const at::Tensor& x, const at::Tensor&,
                             const std::optional<at::Tensor>&, std::int64_t, c10::SymInt,
                             const at::Tensor&) {
  return at::empty_like(x);
}

TORCH_LIBRARY_IMPL(aten, Meta, library) {
  library.impl("convolution_overrideable", Convolutions::forward);
  library.impl("convolution_backward_overrideable", Convolutions::backward);
  library.impl("nll_loss2d_forward", nll_loss);
  library.impl("nll_loss2d_backward", nll_loss_backward);
}

// The networks of the benchmarks: 256 and KneeBones3Dify.
NetworkOptions network_of(int size, int levels, int kernel) {
  NetworkOptions network;
  network.image_width = network.image_height = size;
  network.num_classes = 2;
  network.base_filters = 16;
  network.base_kernel = kernel;
  network.num_layers = levels;
  network.dropout_rate = 0.05;
  return network;
}

const torch::Device kMeta(torch::kMeta);

// Module::to refuses the meta device.
void move_to_meta(FlexUNet& model) {
  for (torch::Tensor& weight : model->parameters()) {
    weight.unsafeGetTensorImpl()->shallow_copy_from(
        torch::empty_like(weight, kMeta).getIntrusivePtr());
  }
}

// A training step up to its gradients.
FlexUNet step_on_meta(const NetworkOptions& network) {
  FlexUNet model(network, std::nullopt);
  move_to_meta(model);
  model->set_compute_type(torch::kBFloat16);
  model->train();
  const int size = network.image_width;
  Convolutions::reset();
  const torch::Tensor logits = model(torch::empty({2, 3, size, size}, torch::kUInt8)
                                         .to(kMeta)
                                         .contiguous(torch::MemoryFormat::ChannelsLast));
  EXPECT_EQ(logits.sizes(), (torch::IntArrayRef{2, 2, size, size}));
  compute_loss({}, logits, torch::empty({2, size, size}, torch::kLong).to(kMeta)).backward();
  return model;
}

// The copies that are left: the image of three channels, which has no better order, at most twice.
TEST(StepOnMeta, CopiesNoFeaturesIntoAnotherMemoryOrder) {
  for (const NetworkOptions& network : {network_of(256, 6, 3), network_of(512, 8, 11)}) {
    step_on_meta(network);
    EXPECT_LE(Convolutions::copies, 2) << network.image_width;
  }
}

TEST(StepOnMeta, GivesGradientsInTheMemoryOrderOfTheirWeights) {
  FlexUNet model = step_on_meta(network_of(256, 6, 3));
  for (const auto& item : model->named_parameters()) {
    const torch::Tensor& weight = item.value();
    ASSERT_TRUE(weight.grad().defined()) << item.key();
    for (std::int64_t i = 0; i < weight.dim(); ++i) {
      if (weight.size(i) == 1) continue;
      EXPECT_EQ(weight.grad().stride(i), weight.stride(i)) << item.key();
    }
  }
}

}  // namespace
}  // namespace flexunet

#else

TEST(StepOnMeta, CopiesNoFeaturesIntoAnotherMemoryOrder) {
  GTEST_SKIP() << "LibTorch " << TORCH_VERSION << " cannot convolve on its meta device, 2.0 can";
}

#endif
