#pragma once

#include <filesystem>
#include <istream>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>

#include "flexunet/imaging/image_io.h"

namespace flexunet {

/// What a file holds, before it is decided what becomes of it.
struct StoredPicture {
  /// In red, green, blue order: (H,W) CV_8UC3 whatever has up to 8 bits; else (H,W) CV_16UC(C) or,
  /// of other numbers, CV_64FC(C) with C 1 or 3. Until settle() a channel may follow, as a rule
  /// alpha.
  cv::Mat pixels;
  bool is_last_alpha = true;  ///< of 2 or 4 channels; else it is of a kind that nobody named
  int orientation = 1;        ///< how to turn it, 1 to 8, by EXIF's Orientation (TIFF 6.0, tag 274)
  PictureRemarks remarks;
};

/// Takes the last of 2 or 4 channels away, with a remark where it carries a shape, and turns the
/// picture upright as viewers do; an orientation outside 1 to 8 stands for none.
void settle(StoredPicture& picture);

/// The picture of a JPEG file; of CMYK its RGB rendering. Throws DataError that starts with
/// `where`: damaged, of a kind that is not read. What libjpeg reads with a warning is remarked.
StoredPicture decode_jpeg(const std::string& bytes, const std::string& where);

/// The picture of a PNG file, read piece by piece from where `file` stands. Throws DataError that
/// starts with `where`: damaged, truncated, too large, or of a size that its bytes cannot hold.
StoredPicture decode_png(std::istream& file, const std::string& where);

/// A page, from 0, of a TIFF or BigTIFF file; without a number the only one. Throws DataError that
/// starts with the path: damaged, truncated, too large, of a size that its bytes cannot hold, of a
/// kind that is not read.
StoredPicture decode_tiff(const std::filesystem::path& path, std::optional<int> page);

/// The pages of a TIFF file; previews and transparency masks are none. Throws as decode_tiff does.
int count_tiff_pages(const std::filesystem::path& path);

}  // namespace flexunet
