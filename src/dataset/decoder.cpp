#include "flexunet/dataset/decoder.h"

#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <new>

#include "flexunet/base/checksum.h"
#include "flexunet/base/error.h"
#include "flexunet/imaging/image_io.h"
#include "flexunet/imaging/npy.h"
#include "flexunet/imaging/resize.h"

namespace flexunet {
namespace {

bool same_aspect_ratio(cv::Size a, cv::Size b) {
  constexpr std::int64_t kPercent = 100;
  const std::int64_t left = std::int64_t{a.width} * b.height;
  const std::int64_t right = std::int64_t{b.width} * a.height;
  return std::llabs(left - right) * kPercent <= right;
}

std::vector<std::int64_t> count_classes(const cv::Mat& class_mask, int classes) {
  std::vector<std::int64_t> pixels(static_cast<std::size_t>(classes));
  for (int y = 0; y < class_mask.rows; ++y) {
    const auto* row = class_mask.ptr<std::uint8_t>(y);
    for (int x = 0; x < class_mask.cols; ++x) ++pixels[row[x]];
  }
  return pixels;
}

}  // namespace

PairDecoder::PairDecoder(const DatasetRequest& request)
    : network_(*request.network),
      data_(*request.data),
      lenient_(request.lenient),
      lenient_advice_(request.lenient_advice),
      rgb_map_(request.data->rgb_map) {
  if (rgb_map_.num_classes() != network_.num_classes) {
    throw ConfigError(fmt::format("rgb_map has {} entries: must be num_classes = {}",
                                  rgb_map_.num_classes(), network_.num_classes));
  }
}

DecodedPair PairDecoder::decode(const SamplePair& pair) const {
  DecodedPair decoded;
  try {
    decode_into(decoded, pair);
  } catch (const std::bad_alloc&) {
    throw;  // not the file's fault
  } catch (const Error& error) {
    decoded.problem = error.what();
  } catch (const std::exception& error) {
    decoded.problem = fmt::format("{}: {}", pair.image.string(), error.what());
  }
  return decoded;
}

void PairDecoder::decode_into(DecodedPair& decoded, const SamplePair& pair) const {
  const cv::Size model_size(network_.image_width, network_.image_height);
  const cv::Mat image = read_image(pair.image, network_, data_);
  const cv::Mat class_mask = read_mask(pair.mask, decoded.facts);
  if (class_mask.size() != image.size()) {
    decoded.facts.mask_resized = true;
    if (!lenient_ && !same_aspect_ratio(class_mask.size(), image.size())) {
      throw DataError(fmt::format(
          "{}: the mask is {}x{} but its image {} is {}x{}: the shapes must agree within 1 %{}",
          pair.mask.string(), class_mask.cols, class_mask.rows, pair.image.string(), image.cols,
          image.rows, lenient_advice_.empty() ? "" : fmt::format(" ({})", lenient_advice_)));
    }
  }
  Sample& sample = decoded.sample;
  sample = {pair.stem, resize_image(image, model_size), resize_mask(class_mask, model_size),
            pair.image};
  decoded.facts.checksum = sample_checksum(sample.image, sample.class_mask);
  decoded.facts.class_pixels = count_classes(sample.class_mask, network_.num_classes);
}

cv::Mat PairDecoder::read_mask(const std::filesystem::path& path, SampleFacts& facts) const {
  // find_pairs lets nothing else than .npz files through when the config asks for them.
  if (!is_picture(path)) return read_npz_class_mask(path, network_.num_classes);
  const RgbMap::Decoded decoded = rgb_map_.decode(read_picture(path));
  facts.off_palette_pixels = decoded.off_palette_pixels;
  return decoded.class_mask;
}

cv::Mat read_image(const std::filesystem::path& path, const NetworkOptions& network,
                   const DataOptions& data) {
  const bool is_npy = data.image_format == ImageFileFormat::kNpy;
  cv::Mat image = is_npy ? read_npy_image(path, data.intensity_range)
                         : read_scaled_picture(path, data.intensity_range);
  if (image.channels() != network.image_channels) {
    throw DataError(
        fmt::format("{}: {} channel{}, but image_channels = {}: {}", path.string(),
                    image.channels(), image.channels() == 1 ? "" : "s", network.image_channels,
                    is_npy ? "all arrays must have the channels that [model] image_channels says"
                           : "other channels than 3 need file_format = \"NPY\""));
  }
  return image;
}

std::uint32_t picture_checksum(const cv::Mat& picture, std::uint32_t before) {
  for (int y = 0; y < picture.rows; ++y) {
    const auto* row = reinterpret_cast<const char*>(picture.ptr(y));
    const auto columns = static_cast<std::size_t>(picture.cols);
    before = crc32_of({row, columns * picture.elemSize()}, before);
  }
  return before;
}

std::uint32_t sample_checksum(const cv::Mat& image, const cv::Mat& class_mask) {
  return picture_checksum(class_mask, picture_checksum(image));
}

}  // namespace flexunet
