#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "flexunet/options/options.h"

namespace flexunet {

/// Every existing folder that the config reads images or masks from.
std::vector<std::filesystem::path> input_folders(const Options& options);

/// Refuses to train into a folder that is, or holds, the project or its data: results are moved
/// away by the next training. Slices of the previews must not go among its data either. Throws
/// ConfigError with all findings.
void require_own_result_folders(const Options& options);

/// Refuses to write masks among images or masks of the config or of `files`, which they would
/// replace. Throws ConfigError.
void require_own_output_folder(const std::filesystem::path& output, const Options& options,
                               const std::vector<std::filesystem::path>& files);

/// The same for [infer] npy_slices_dir, where it is given; neither may slices replace the masks in
/// `output`. Throws ConfigError.
void require_own_slices_folder(const Options& options,
                               const std::vector<std::filesystem::path>& files,
                               const std::filesystem::path& output);

}  // namespace flexunet
