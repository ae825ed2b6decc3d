#pragma once

#include <utility>

#include "flexunet/dataset/dataset.h"

namespace flexunet {

/// A single split, as load_datasets gives it.
inline Dataset load_dataset(const DatasetRequest& request, const DatasetStorage& storage = {}) {
  return std::move(load_datasets({request}, storage).front());
}

}  // namespace flexunet
