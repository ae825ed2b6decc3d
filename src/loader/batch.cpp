#include "flexunet/loader/batch.h"

#include <algorithm>
#include <cstring>

namespace flexunet {
namespace {

// Copies (H,W) CV_8UC(C) pictures one behind the other into (N,H,W,C).
template <typename Number>
torch::Tensor stack(const std::vector<cv::Mat>& pictures, torch::TensorOptions options) {
  const cv::Mat& first = pictures.front();
  torch::Tensor stacked = torch::empty(
      {static_cast<std::int64_t>(pictures.size()), first.rows, first.cols, first.channels()},
      options);
  auto* target = stacked.data_ptr<Number>();
  for (const cv::Mat& picture : pictures) {
    TORCH_CHECK(picture.size() == first.size() && picture.type() == first.type() &&
                    picture.depth() == CV_8U && picture.isContinuous(),
                "pictures of one batch must be alike");
    target = std::copy_n(picture.data, picture.total() * picture.elemSize(), target);
  }
  return stacked;
}

}  // namespace

torch::Tensor stack_images(const std::vector<cv::Mat>& images, torch::Device device) {
  return stack<std::uint8_t>(images, torch::dtype(torch::kUInt8).pinned_memory(device.is_cuda()))
      .permute({0, 3, 1, 2});
}

Batch assemble_batch(const std::vector<Sample>& samples, torch::Device device) {
  std::vector<cv::Mat> images;
  std::vector<cv::Mat> class_masks;
  for (const Sample& sample : samples) {
    images.push_back(sample.image);
    class_masks.push_back(sample.class_mask);
  }
  const bool pinned = device.is_cuda();
  const auto bytes = torch::dtype(torch::kUInt8).pinned_memory(pinned);
  Batch batch;
  batch.images = stack_images(images, device);
  // Tensor::to would start a team of OpenMP threads here, see base/threads.h.
  batch.class_masks = (pinned ? stack<std::uint8_t>(class_masks, bytes)
                              : stack<std::int64_t>(class_masks, torch::kLong))
                          .squeeze(3);
  return batch;
}

Batch send_batch(const Batch& assembled, torch::Device device) {
  constexpr bool kNonBlocking = true;
  return {assembled.images.to(device, kNonBlocking),
          assembled.class_masks.to(device, kNonBlocking).to(torch::kLong)};
}

}  // namespace flexunet
