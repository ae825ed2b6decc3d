#include "flexunet/inference/predict.h"

#include <cstring>

#include "flexunet/imaging/resize.h"
#include "flexunet/loader/batch.h"

namespace flexunet {
namespace {

torch::Tensor predict_logits(FlexUNet& model, const std::vector<cv::Mat>& images,
                             torch::Device device) {
  constexpr bool kNonBlocking = true;
  model->eval();
  return model(stack_images(images, device).to(device, kNonBlocking));
}

}  // namespace

std::vector<cv::Mat> predict_class_masks(FlexUNet& model, const std::vector<cv::Mat>& images,
                                         torch::Device device) {
  const cv::Size model_size(model->network().image_width, model->network().image_height);
  std::vector<cv::Mat> resized;
  for (const cv::Mat& image : images) resized.push_back(resize_image(image, model_size));
  std::vector<cv::Mat> masks = predict_sized_masks(model, resized, device);
  for (std::size_t i = 0; i < images.size(); ++i) {
    masks[i] = resize_mask(masks[i], images[i].size());
  }
  return masks;
}

std::vector<cv::Mat> predict_sized_masks(FlexUNet& model, const std::vector<cv::Mat>& images,
                                         torch::Device device) {
  const c10::InferenceMode inference;
  const torch::Tensor classes =
      predict_logits(model, images, device).argmax(1).to(torch::kUInt8).cpu().contiguous();
  std::vector<cv::Mat> masks;
  for (std::size_t i = 0; i < images.size(); ++i) {
    const torch::Tensor plane = classes[static_cast<std::int64_t>(i)];
    masks.push_back(cv::Mat(images[i].size(), CV_8UC1, plane.data_ptr<std::uint8_t>()).clone());
  }
  return masks;
}

torch::Tensor predict_probs(FlexUNet& model, const std::vector<cv::Mat>& images,
                            torch::Device device) {
  const c10::InferenceMode inference;
  return torch::softmax(predict_logits(model, images, device), 1);
}

}  // namespace flexunet
