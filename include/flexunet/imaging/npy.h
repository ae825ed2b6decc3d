#pragma once

#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <optional>

#include "flexunet/options/options.h"

namespace flexunet {

/// A NumPy array (H,W), which has one channel, or (H,W,C) in C or Fortran order, as CV_8UC(C), C <=
/// 4. Values are uint8 as they are, or uint16 brought to 0..255 by scale_to_bytes, each image by
/// its own minimum and maximum over all channels unless a range is given. Other types, truncated
/// files and headers that claim more than the file holds throw DataError. Format: NEP 1, "A Simple
/// File Format for NumPy Arrays".
cv::Mat read_npy_image(const std::filesystem::path& path,
                       const std::optional<IntensityRange>& range = {});

/// The class indices (H,W) CV_8UC1 of the array `mask` in an .npz archive: (H,W) indices of any
/// integer type, or one-hot (H,W,C) of any type with C == num_classes, one class set per pixel.
/// Throws DataError: no such array, another shape, an index >= num_classes.
cv::Mat read_npz_class_mask(const std::filesystem::path& path, int num_classes);

}  // namespace flexunet
