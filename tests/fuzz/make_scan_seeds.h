#pragma once

#include <filesystem>

namespace flexunet {

/// Writes the seeds of the fuzz targets dicom and volume below a folder.
void write_scan_seeds(const std::filesystem::path& root);

}  // namespace flexunet
