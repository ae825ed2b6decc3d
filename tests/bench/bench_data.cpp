#include "bench/bench_data.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstring>
#include <fstream>
#include <limits>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>
#include <vector>

#include "flexunet/base/error.h"
#include "flexunet/checkpoint/safetensors.h"
#include "flexunet/config/config.h"

namespace flexunet {
namespace {

namespace fs = std::filesystem;

// The bytes of a tensor, which must be there with this shape.
std::string_view bytes_of(const SafetensorsFile& file, const std::string& name,
                          const std::vector<std::int64_t>& shape) {
  const auto found = file.tensors().find(name);
  if (found == file.tensors().end()) {
    throw DataError(fmt::format("{}: no tensor {}", file.path().string(), name));
  }
  const StoredTensor& tensor = found->second;
  if (tensor.dtype != "U8" || tensor.shape != shape) {
    throw DataError(fmt::format("{}: {} is {} ({}), expected U8 ({})", file.path().string(), name,
                                tensor.dtype, fmt::join(tensor.shape, ","), fmt::join(shape, ",")));
  }
  return tensor.data;
}

cv::Mat picture_from(std::string_view bytes, std::size_t index, const cv::Size& size, int type) {
  cv::Mat picture(size, type);
  const std::size_t length = picture.total() * picture.elemSize();
  std::memcpy(picture.data, bytes.data() + index * length, length);
  return picture;
}

}  // namespace

fs::path bench_config(const std::string& network) {
  return fs::path(FLEXUNET_SOURCE_DIR) / "tests/bench/networks" / (network + ".config");
}

Options bench_options(const fs::path& config) {
  ConfigRequest request;
  request.file = config;
  request.task = Task::kInspect;
  return load_config(request).options;
}

std::vector<Sample> drawn_samples(const NetworkOptions& network, int count) {
  const cv::Size size(network.image_width, network.image_height);
  std::vector<Sample> samples;
  for (int number = 0; number < count; ++number) {
    cv::RNG random(static_cast<std::uint64_t>(number) + 1);
    Sample sample{fmt::format("{:03}", number), cv::Mat(size, CV_8UC3),
                  cv::Mat::zeros(size, CV_8UC1)};
    random.fill(sample.image, cv::RNG::UNIFORM, 0, 96);
    const cv::Point center(random.uniform(size.width / 4, 3 * size.width / 4),
                           random.uniform(size.height / 4, 3 * size.height / 4));
    cv::ellipse(sample.class_mask, {center, cv::Size2f(size / 3), 30}, cv::Scalar(1), cv::FILLED);
    cv::add(sample.image, cv::Scalar::all(120), sample.image, sample.class_mask);
    samples.push_back(std::move(sample));
  }
  return samples;
}

Dataset read_batch(const fs::path& path, const NetworkOptions& network) {
  const SafetensorsFile file = SafetensorsFile::read(path);
  const auto masks = file.tensors().find("class_masks");
  const std::int64_t count = masks == file.tensors().end() ? 0 : masks->second.shape.at(0);
  const std::vector<std::int64_t> mask_shape{count, network.image_height, network.image_width};
  std::vector<std::int64_t> image_shape = mask_shape;
  image_shape.push_back(network.image_channels);
  const std::string_view mask_bytes = bytes_of(file, "class_masks", mask_shape);
  const std::string_view image_bytes = bytes_of(file, "images", image_shape);
  const cv::Size size(network.image_width, network.image_height);
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    samples.push_back({std::to_string(i),
                       picture_from(image_bytes, i, size, CV_8UC(network.image_channels)),
                       picture_from(mask_bytes, i, size, CV_8UC1)});
  }
  return memory_dataset(std::move(samples));
}

void reset_peak_memory() {
  // proc(5): 5 sets VmHWM to the current resident set.
  if (!(std::ofstream("/proc/self/clear_refs") << "5" << std::flush)) {
    throw std::runtime_error("/proc/self/clear_refs: cannot be written");
  }
}

std::int64_t peak_memory() {
  std::ifstream status("/proc/self/status");
  const std::string key = "VmHWM:";
  std::string word;
  while (status >> word) {
    std::int64_t kilobytes = 0;
    if (word == key && status >> kilobytes) return kilobytes * 1024;
    status.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  throw std::runtime_error("/proc/self/status: no VmHWM");
}

}  // namespace flexunet
