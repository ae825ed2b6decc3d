#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "generator/common/survey.h"

namespace flexunet {

/// A data set as a user names it.
struct DatasetSource {
  std::string name;  ///< of the config's folder or of the folder itself
  SurveyRequest survey;
  std::vector<std::string> warnings;  ///< of the config
};

/// The splits that a config file names ([train], [valid], and [test] where it is given), or those
/// of a folder that holds train/, valid/, test/ with images/ and masks/ each, or images/ and masks/
/// itself. `rgb_map` is a literal such as "{(0,0,0):0, (128,40,40):1}" for folders; empty: none.
/// Throws ConfigError: a config that is wrong, a folder without such subfolders, no map.
DatasetSource open_dataset(const std::filesystem::path& where, const std::string& rgb_map = {});

}  // namespace flexunet
