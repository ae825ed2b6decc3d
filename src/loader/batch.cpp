#include "flexunet/loader/batch.h"

#include <cstring>

namespace flexunet {
namespace {

// Copies (H,W) CV_8UC(C) pictures one behind the other: (N,H,W,C) uint8.
torch::Tensor stack_bytes(const std::vector<cv::Mat>& pictures) {
  const cv::Mat& first = pictures.front();
  torch::Tensor stack = torch::empty(
      {static_cast<std::int64_t>(pictures.size()), first.rows, first.cols, first.channels()},
      torch::kUInt8);
  auto* target = stack.data_ptr<std::uint8_t>();
  for (const cv::Mat& picture : pictures) {
    TORCH_CHECK(picture.size() == first.size() && picture.type() == first.type() &&
                    picture.depth() == CV_8U && picture.isContinuous(),
                "pictures of one batch must be alike");
    const std::size_t bytes = picture.total() * picture.elemSize();
    std::memcpy(target, picture.data, bytes);
    target += bytes;
  }
  return stack;
}

}  // namespace

torch::Tensor stack_images(const std::vector<cv::Mat>& images) {
  return stack_bytes(images).permute({0, 3, 1, 2});
}

Batch make_batch(const Dataset& dataset, const std::vector<std::size_t>& order, std::size_t first,
                 std::size_t count, torch::Device device) {
  std::vector<Sample> samples;
  for (std::size_t i = first; i < first + count; ++i) {
    samples.push_back(dataset.samples.at(order.at(i)));
  }
  return make_batch(samples, device);
}

Batch make_batch(const std::vector<Sample>& samples, torch::Device device) {
  std::vector<cv::Mat> images;
  std::vector<cv::Mat> class_masks;
  for (const Sample& sample : samples) {
    images.push_back(sample.image);
    class_masks.push_back(sample.class_mask);
  }
  return {stack_images(images).to(device),
          stack_bytes(class_masks).squeeze(3).to(device).to(torch::kLong)};
}

}  // namespace flexunet
