#include "flexunet/checkpoint/tensor_copy.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "flexunet/base/files.h"

namespace flexunet {
namespace {

// Begins with a disk block, so that it is written fast.
torch::Tensor aligned_floats(std::int64_t count) {
  constexpr auto kBlock = static_cast<std::int64_t>(kDiskBlockBytes / sizeof(float));
  const torch::Tensor memory = torch::empty({count + kBlock}, torch::kFloat32);
  const auto place = reinterpret_cast<std::uintptr_t>(memory.data_ptr()) / sizeof(float);
  const std::int64_t begin = (kBlock - static_cast<std::int64_t>(place % kBlock)) % kBlock;
  return memory.narrow(0, begin, count);
}

}  // namespace

void TensorCopy::take(const NamedTensors& tensors) {
  const torch::NoGradGuard no_grad;
  if (!has_room_for(tensors)) make_room_for(tensors);
  std::size_t index = 0;
  for (const auto& [name, tensor] : tensors) copies_[index++].copy_(tensor);
}

bool TensorCopy::has_room_for(const NamedTensors& tensors) const {
  return std::equal(tensors.begin(), tensors.end(), stored_.begin(), stored_.end(),
                    [](const auto& tensor, const auto& stored) {
                      return tensor.first == stored.first &&
                             tensor.second.sizes() == torch::IntArrayRef(stored.second.shape);
                    });
}

void TensorCopy::make_room_for(const NamedTensors& tensors) {
  copies_.clear();
  stored_.clear();
  std::int64_t count = 0;
  for (const auto& [name, tensor] : tensors) count += tensor.numel();
  const torch::Tensor memory = aligned_floats(count);
  std::int64_t begin = 0;
  for (const auto& [name, tensor] : tensors) {
    const torch::Tensor copy = memory.narrow(0, begin, tensor.numel()).view(tensor.sizes());
    stored_[name] = {"F32", copy.sizes().vec(),
                     std::string_view(static_cast<const char*>(copy.data_ptr()), copy.nbytes())};
    copies_.push_back(copy);
    begin += tensor.numel();
  }
}

}  // namespace flexunet
