#pragma once

#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <optional>

#include "flexunet/options/options.h"

namespace flexunet {

/// Whether the file name ends like a picture we read: .png .jpg .jpeg .tif .tiff .bmp, any case.
bool is_picture(const std::filesystem::path& path);

/// A picture as (H,W) CV_8UC3 in red, green, blue order. Palette, gray, 1-bit and alpha files give
/// their RGB rendering; alpha is dropped, 16 bits are cut to their upper 8. The file's signature is
/// checked before a decoder sees it. Throws DataError naming the file: unreadable, not a picture,
/// truncated, too large.
cv::Mat read_picture(const std::filesystem::path& path);

/// The same for an image, as the network sees it: gray PNG and TIFF of 16 bits (unsigned) are
/// brought to 0..255 by scale_to_bytes, each image by its own minimum and maximum unless a range is
/// given. Colours of 16 bits are cut to their upper 8.
cv::Mat read_scaled_picture(const std::filesystem::path& path,
                            const std::optional<IntensityRange>& range);

/// Writes a CV_8UC3 picture in red, green, blue order as PNG (write_file: never torn).
/// Throws OutputError.
void write_png(const std::filesystem::path& path, const cv::Mat& rgb);

}  // namespace flexunet
