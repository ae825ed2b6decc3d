#pragma once

#include <torch/torch.h>

#include "apps/session.h"
#include "flexunet/checkpoint/safetensors.h"
#include "flexunet/model/precision.h"

namespace flexunet {

/// The metadata entry with the number format in which a model was trained.
inline constexpr const char* kPrecisionEntry = "precision";

/// Bytes of an activation as far as --precision names it; with auto those of float32, the larger
/// ones.
int number_bytes(const Session& session);

/// What --precision names. With auto, what a model or run tells in its metadata, else what is
/// faster for a pass of so many images, which is measured; says which and why.
torch::ScalarType choose_compute_type(const Session& session, const Metadata& metadata, Pass pass,
                                      int batch_size);

}  // namespace flexunet
