#pragma once

#include <torch/torch.h>

#include <map>
#include <string>
#include <vector>

#include "flexunet/checkpoint/safetensors.h"

namespace flexunet {

/// Tensors (float32) by the names that they have in a file.
using NamedTensors = std::map<std::string, torch::Tensor>;

/// A copy of tensors as a file holds them: in PyTorch's layout, by name, without gaps, in the CPU's
/// memory, from where a file is written while the tensors themselves change.
class TensorCopy {
 public:
  /// Overwrites the copy, in the same memory where names and shapes are those of the one before.
  void take(const NamedTensors& tensors);
  /// Valid until the next one is taken.
  const StoredTensors& stored() const { return stored_; }

 private:
  bool has_room_for(const NamedTensors& tensors) const;
  void make_room_for(const NamedTensors& tensors);

  std::vector<torch::Tensor> copies_;  // in the order of the names
  StoredTensors stored_;
};

}  // namespace flexunet
