#pragma once

#include <filesystem>
#include <string>

#include "keras/keras_h5.h"

namespace flexunet {

/// What read_keras_h5 does in its child process: reads a file that begins as HDF5 does. libhdf5 may
/// crash on a damaged one, or never come back. Throws CheckpointError.
KerasModel parse_keras_h5(const std::filesystem::path& path);

/// Throws CheckpointError: what was found in the file's place, and what is supported.
[[noreturn]] void refuse_keras_h5(const std::filesystem::path& path, const std::string& found);

}  // namespace flexunet
