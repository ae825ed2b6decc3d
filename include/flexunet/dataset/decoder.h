#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "flexunet/dataset/dataset.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/imaging/rgb_map.h"

namespace flexunet {

/// To be raised whenever the same files and options give other pixels or other facts than before:
/// cache files of another version are made anew.
inline constexpr int kDecoderVersion = 2;

/// What decoding found out about a sample.
struct SampleFacts {
  std::uint32_t checksum = 0;              ///< as in SampleInfo
  std::int64_t mask_pixels = 0;            ///< of the mask's file
  std::int64_t off_palette_pixels = 0;     ///< of these, with a colour that is not in rgb_map
  std::int64_t stray_pixels = 0;           ///< of these, far from every colour of rgb_map
  PictureRemarks remarks;                  ///< on the image, and on the mask's alpha
  bool mask_resized = false;               ///< it had another size than its image
  std::vector<std::int64_t> class_pixels;  ///< of each class, at model size
};

/// One decoded pair, or why it could not be decoded.
struct DecodedPair {
  Sample sample;
  SampleFacts facts;
  std::vector<std::string> problems;  ///< that name the files; empty where all is well
};

/// Turns the files of a pair into what the network sees; keeps what it needs of the request.
class PairDecoder {
 public:
  /// Throws ConfigError when rgb_map does not fit the network.
  explicit PairDecoder(const DatasetRequest& request);

  /// May be called from several threads at once. Throws std::bad_alloc alone.
  DecodedPair decode(const SamplePair& pair) const;

 private:
  void finish(DecodedPair& decoded, const SamplePair& pair, const cv::Mat& image,
              const cv::Mat& class_mask) const;
  struct MaskPixels {
    cv::Mat rgb;  // empty for .npz
    cv::Mat class_mask;
  };
  MaskPixels read_mask(const std::filesystem::path& path, SampleFacts& facts) const;

  NetworkOptions network_;
  DataOptions data_;
  bool lenient_;
  std::string lenient_option_;
  RgbMap rgb_map_;
};

/// An image as the network takes it, but at its own size.
struct NetworkImage {
  cv::Mat pixels;  ///< (H,W) CV_8UC(image_channels)
  PictureRemarks remarks;
};

/// An image from a picture or an .npy array; values of more than 8 bits are scaled as
/// data.intensity_range says. Pictures have three channels, or one for image_channels = 1 if they
/// are gray. The one way in for training, evaluation, inference and previews. Throws DataError,
/// also for other channels, and for a file of several pages where `image` names none.
NetworkImage read_image(const ImageSource& image, const NetworkOptions& network,
                        const DataOptions& data);

/// CRC-32 of a picture's pixels, row by row, that goes on from `before`.
std::uint32_t picture_checksum(const cv::Mat& picture, std::uint32_t before = 0);

/// SampleInfo's checksum of an image and its class mask.
std::uint32_t sample_checksum(const cv::Mat& image, const cv::Mat& class_mask);

}  // namespace flexunet
