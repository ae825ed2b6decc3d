#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace flexunet {

struct Curve {
  std::string name;            ///< legend entry
  std::vector<double> values;  ///< one an epoch, from epoch 0
};

/// Draws training (first, green) and validation (second, red) against the epoch as an 800x600 PNG:
/// dashed lines with circles, grid, legend top left, `title` above. Non-finite values leave gaps.
/// Throws OutputError.
void write_curves(const std::filesystem::path& path, const std::string& title,
                  const std::vector<Curve>& curves);

}  // namespace flexunet
