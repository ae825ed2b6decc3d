#pragma once

#include <filesystem>
#include <opencv2/core/types.hpp>
#include <string>

#include "generator/common/dataset_source.h"

namespace flexunet {

/// A config to start from.
struct SuggestedConfig {
  std::string text;           ///< of train_eval_infer.config
  bool is_divided = true;     ///< the folder has train/ and valid/; else it must be divided first
  bool has_problems = false;  ///< that flexunet-verify lists
  std::string blended;        ///< as blended_colors_text says it
};

/// Complete and commented, for a folder as open_dataset takes it: classes from the colours of its
/// masks, the network's size from its images, and the recipe that docs/results.md has for a new
/// data set. Paths are written as `folder` is. Throws ConfigError (no such folder) and DataError:
/// no pair can be read, or all masks have one and the same colour.
SuggestedConfig suggest_config(const std::filesystem::path& folder, int threads);

/// The size of the network for images of a median size: at most 512 pixels a side, at the same
/// aspect ratio as nearly as sides divisible by `divisor` allow, at least twice that.
cv::Size network_size(cv::Size median, int divisor);

}  // namespace flexunet
