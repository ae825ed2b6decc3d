#pragma once

#include <filesystem>
#include <opencv2/core/mat.hpp>
#include <optional>
#include <string>
#include <vector>

#include "flexunet/options/options.h"

namespace flexunet {

/// Whether the file name ends like a picture we read: .png .jpg .jpeg .tif .tiff .bmp, any case.
bool is_picture(const std::filesystem::path& path);

/// What a file holds beside the picture that was made of it, for people to know.
struct PictureRemarks {
  bool shape_in_alpha = false;      ///< one colour all over, while alpha, which is dropped, differs
  bool has_other_channels = false;  ///< beyond gray or RGB and alpha: they are left out
  bool is_damaged = false;          ///< a JPEG that was read as far as its damage lets it
};

struct LoadedPicture {
  cv::Mat rgb;  ///< (H,W) CV_8UC3 in red, green, blue order, upright as viewers show it
  PictureRemarks remarks;
};

/// The pictures that a file holds one after the other: the pages of a TIFF, else 1. Throws
/// DataError naming the file.
int count_pages(const std::filesystem::path& path);

/// An image. Palette, gray, 1-bit and CMYK files give their RGB rendering, alpha is dropped, EXIF's
/// orientation is obeyed. Values of more than 8 bits, in one or three channels, are brought to
/// 0..255 by scale_to_bytes, each image by its own minimum and maximum unless a range is given.
/// `page` counts from 0; without it a file of several pages is refused. The file's signature is
/// checked before a decoder sees it. Throws DataError naming the file: unreadable, not a picture,
/// truncated, too large, of a number format that is not read.
LoadedPicture load_image(const std::filesystem::path& path,
                         const std::optional<IntensityRange>& range = {},
                         std::optional<int> page = {});

/// A mask of colours. Like an image, but for values of more than 8 bits: where all of them stand in
/// rgb_map as gray they are that gray; where all are below the number of its entries they are
/// class indices, and get the colours of their classes; where all are multiples of 257 they are
/// gray of 8 bits. With an empty map values up to 255 are gray. Throws DataError for others, with
/// the values found.
LoadedPicture load_mask(const std::filesystem::path& path,
                        const std::vector<RgbMapEntry>& rgb_map = {}, std::optional<int> page = {});

/// The pixels of load_mask without a map.
cv::Mat read_picture(const std::filesystem::path& path);

/// Whether two pictures are equal and show more than one colour: as image and mask they would be
/// one file given twice.
bool is_same_picture(const cv::Mat& a, const cv::Mat& b);

/// Writes a CV_8UC3 picture in red, green, blue order as PNG (write_file: never torn).
/// Throws OutputError.
void write_png(const std::filesystem::path& path, const cv::Mat& rgb);

}  // namespace flexunet
