#pragma once

#include <filesystem>
#include <opencv2/core/mat.hpp>

namespace flexunet {

/// Whether the file name ends like a picture we read: .png .jpg .jpeg .tif .tiff .bmp, any case.
bool is_picture(const std::filesystem::path& path);

/// A picture as (H,W) CV_8UC3 in red, green, blue order. Palette, gray, 1-bit and alpha files give
/// their RGB rendering; alpha is dropped. The file's signature is checked before a decoder sees it.
/// Throws DataError naming the file: unreadable, not a picture, truncated, too large.
cv::Mat read_picture(const std::filesystem::path& path);

/// Writes a CV_8UC3 picture in red, green, blue order as PNG (write_file: never torn).
/// Throws OutputError.
void write_png(const std::filesystem::path& path, const cv::Mat& rgb);

}  // namespace flexunet
