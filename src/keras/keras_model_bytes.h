#pragma once

#include <string_view>

#include "flexunet/base/files.h"
#include "keras/keras_h5.h"

namespace flexunet {

/// A model as bytes for another process of the same program: each text and list after its length.
void append_keras_model(const KerasModel& model, const Append& append);

/// The model of append_keras_model's bytes. Throws std::out_of_range for any others.
KerasModel keras_model_from_bytes(std::string_view bytes);

}  // namespace flexunet
