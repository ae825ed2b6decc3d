#pragma once

#include <vector>

#include "flexunet/loader/batch.h"

namespace flexunet {

/// Samples of one size as a batch on `device`.
inline Batch make_batch(const std::vector<Sample>& samples, torch::Device device) {
  return send_batch(assemble_batch(samples, device), device);
}

}  // namespace flexunet
