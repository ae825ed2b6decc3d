#include "flexunet/dataset/decoder.h"

#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <new>
#include <utility>

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

// What `read` throws because of the file becomes a problem of the pair.
template <typename Read>
void collect_problem(DecodedPair& decoded, const std::filesystem::path& file, Read read) {
  try {
    read();
  } catch (const std::bad_alloc&) {
    throw;  // not the file's fault
  } catch (const Error& error) {
    decoded.problems.emplace_back(error.what());
  } catch (const std::exception& error) {
    decoded.problems.push_back(fmt::format("{}: {}", file.string(), error.what()));
  }
}

// The gray values of a picture that shows no colour.
cv::Mat gray_channel(const cv::Mat& rgb, const std::string& where) {
  cv::Mat gray(rgb.size(), CV_8UC1);
  for (int y = 0; y < rgb.rows; ++y) {
    const auto* row = rgb.ptr<cv::Vec3b>(y);
    auto* target = gray.ptr<std::uint8_t>(y);
    for (int x = 0; x < rgb.cols; ++x) {
      if (row[x][0] != row[x][1] || row[x][1] != row[x][2]) {
        throw DataError(fmt::format(
            "{}: has colours, the first at x {}, y {}: with image_channels = 1 images are gray; "
            "set image_channels = 3",
            where, x, y));
      }
      target[x] = row[x][0];
    }
  }
  return gray;
}

}  // namespace

PairDecoder::PairDecoder(const DatasetRequest& request)
    : network_(*request.network),
      data_(*request.data),
      lenient_(request.lenient),
      lenient_option_(request.lenient_option),
      rgb_map_(request.data->rgb_map) {
  if (rgb_map_.num_classes() != network_.num_classes) {
    throw ConfigError(fmt::format("rgb_map has {} entries: must be num_classes = {}",
                                  rgb_map_.num_classes(), network_.num_classes));
  }
}

DecodedPair PairDecoder::decode(const SamplePair& pair) const {
  DecodedPair decoded;
  NetworkImage image;
  MaskPixels mask;
  collect_problem(decoded, pair.image, [&] { image = read_image({pair.image}, network_, data_); });
  collect_problem(decoded, pair.mask, [&] { mask = read_mask(pair.mask, decoded.facts); });
  if (!decoded.problems.empty()) return decoded;
  collect_problem(decoded, pair.mask, [&] {
    decoded.facts.remarks.has_other_channels = image.remarks.has_other_channels;
    decoded.facts.remarks.is_damaged |= image.remarks.is_damaged;
    if (is_same_picture(image.pixels, mask.rgb)) {
      throw DataError(fmt::format("{} and {} hold the same pixels: one of them must be a mask",
                                  pair.image.string(), pair.mask.string()));
    }
    finish(decoded, pair, image.pixels, mask.class_mask);
  });
  return decoded;
}

void PairDecoder::finish(DecodedPair& decoded, const SamplePair& pair, const cv::Mat& image,
                         const cv::Mat& class_mask) const {
  const cv::Size model_size(network_.image_width, network_.image_height);
  if (class_mask.size() != image.size()) {
    decoded.facts.mask_resized = true;
    if (!lenient_ && !same_aspect_ratio(class_mask.size(), image.size())) {
      throw DataError(fmt::format(
          "{}: the mask is {}x{} but its image {} is {}x{}: the shapes must agree within 1 %{}",
          pair.mask.string(), class_mask.cols, class_mask.rows, pair.image.string(), image.cols,
          image.rows,
          lenient_option_.empty() ? "" : fmt::format(" ({} resizes it)", lenient_option_)));
    }
  }
  Sample& sample = decoded.sample;
  sample = {pair.stem, resize_image(image, model_size), resize_mask(class_mask, model_size),
            pair.image};
  decoded.facts.checksum = sample_checksum(sample.image, sample.class_mask);
  decoded.facts.class_pixels = count_classes(sample.class_mask, network_.num_classes);
}

PairDecoder::MaskPixels PairDecoder::read_mask(const std::filesystem::path& path,
                                               SampleFacts& facts) const {
  // find_pairs lets nothing else than .npz files through when the config asks for them.
  if (!is_picture(path)) return {{}, read_npz_class_mask(path, network_.num_classes)};
  LoadedPicture mask = load_mask(path, rgb_map_.entries());
  const RgbMap::Decoded decoded = rgb_map_.decode(mask.rgb);
  facts.mask_pixels = static_cast<std::int64_t>(mask.rgb.total());
  facts.off_palette_pixels = decoded.off_palette_pixels;
  facts.stray_pixels = decoded.stray_pixels;
  facts.remarks = {mask.remarks.shape_in_alpha, false, mask.remarks.is_damaged};
  return {std::move(mask.rgb), decoded.class_mask};
}

NetworkImage read_image(const ImageSource& source, const NetworkOptions& network,
                        const DataOptions& data) {
  const std::string where = source.file.string();
  const bool is_npy = data.image_format == ImageFileFormat::kNpy;
  NetworkImage image;
  if (is_npy) {
    image.pixels = read_npy_image(source.file, data.intensity_range);
  } else {
    LoadedPicture picture = load_image(source.file, data.intensity_range, source.page);
    image = {std::move(picture.rgb), picture.remarks};
    if (network.image_channels == 1) image.pixels = gray_channel(image.pixels, where);
  }
  const int channels = image.pixels.channels();
  if (channels != network.image_channels) {
    throw DataError(
        fmt::format("{}: {} channel{}, but image_channels = {}: {}", where, channels,
                    channels == 1 ? "" : "s", network.image_channels,
                    is_npy ? "all arrays must have the channels that [model] image_channels says"
                           : "other channels than 1 and 3 need file_format = \"NPY\""));
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
