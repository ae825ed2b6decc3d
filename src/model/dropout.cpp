#include "model/dropout.h"

#include <ATen/Parallel.h>

#include <algorithm>

#include "flexunet/kernels/dropout_mask.h"

namespace flexunet {
namespace {

template <typename Number>
void apply_blocks(const DropoutMask& mask, const Number* in, Number* out, std::int64_t count) {
  constexpr auto kBlock = static_cast<std::int64_t>(DropoutMask::kBlock);
  at::parallel_for(0, (count + kBlock - 1) / kBlock, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t block = begin; block < end; ++block) {
      const std::int64_t first = block * kBlock;
      mask.apply(static_cast<std::uint64_t>(block), in + first, out + first,
                 static_cast<std::size_t>(std::min(kBlock, count - first)));
    }
  });
}

torch::Tensor apply_mask(const DropoutMask& mask, const torch::Tensor& x,
                         torch::MemoryFormat format) {
  const torch::Tensor in = x.contiguous(format);
  torch::Tensor out = torch::empty_like(in);
  if (in.scalar_type() == torch::kFloat32) {
    apply_blocks(mask, in.data_ptr<float>(), out.data_ptr<float>(), in.numel());
  } else {
    apply_blocks(mask, static_cast<const std::uint16_t*>(in.data_ptr()),
                 static_cast<std::uint16_t*>(out.data_ptr()), in.numel());
  }
  return out;
}

// LibTorch draws the bits of its dropout one by one on the CPU and keeps a mask for the way back.
class DropoutFunction : public torch::autograd::Function<DropoutFunction> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& x,
                               std::int64_t key, double rate) {
    context->saved_data["key"] = key;
    context->saved_data["rate"] = rate;
    // A gradient may come in another memory order, but the mask counts in this one.
    const torch::MemoryFormat format = x.suggest_memory_format();
    context->saved_data["format"] = static_cast<std::int64_t>(format);
    return apply_mask({static_cast<std::uint64_t>(key), rate}, x, format);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto key = static_cast<std::uint64_t>(context->saved_data["key"].toInt());
    const DropoutMask mask(key, context->saved_data["rate"].toDouble());
    const auto format = static_cast<torch::MemoryFormat>(context->saved_data["format"].toInt());
    return {apply_mask(mask, gradients.front(), format), torch::Tensor(), torch::Tensor()};
  }
};

}  // namespace

torch::Tensor apply_dropout(const torch::Tensor& x, double rate, bool training) {
  if (!training || rate == 0) return x;
  const bool known = x.scalar_type() == torch::kFloat32 || x.scalar_type() == torch::kBFloat16;
  if (!x.device().is_cpu() || !known) return torch::dropout(x, rate, training);
  const auto key = torch::empty({}, torch::kInt64).random_().item<std::int64_t>();
  return DropoutFunction::apply(x, key, rate);
}

}  // namespace flexunet
