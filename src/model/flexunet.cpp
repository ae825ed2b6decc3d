#include "flexunet/model/flexunet.h"

#include <algorithm>
#include <string>
#include <vector>

#include "flexunet/model/activation.h"
#include "flexunet/model/initialization.h"

namespace flexunet {
namespace {

std::int64_t filters_of(const NetworkOptions& network, int level) {
  return static_cast<std::int64_t>(network.base_filters) << level;
}

torch::nn::Conv2d same_convolution(std::int64_t in, std::int64_t out, int kernel, int dilation) {
  return torch::nn::Conv2d(
      torch::nn::Conv2dOptions(in, out, kernel).dilation(dilation).padding(kernel / 2 * dilation));
}

torch::nn::BatchNorm2d keras_batch_norm(std::int64_t channels) {
  // Keras's momentum 0.99 is the share of the old value, LibTorch's that of the new one.
  return torch::nn::BatchNorm2d(torch::nn::BatchNorm2dOptions(channels).eps(1e-3).momentum(0.01));
}

}  // namespace

ConvBlockImpl::ConvBlockImpl(const NetworkOptions& network, int level, std::int64_t in_channels)
    : activation_(network.activation), dropout_rate_(network.dropout_rate * level) {
  const int kernel =
      level == 0 ? network.base_kernel : std::max(3, network.base_kernel - 2 * level);
  const int dilation = std::max(1, network.dilation - level);
  const std::int64_t filters = filters_of(network, level);
  conv1_ = register_module("conv1", same_convolution(in_channels, filters, kernel, dilation));
  if (network.normalization) norm1_ = register_module("norm1", keras_batch_norm(filters));
  conv2_ = register_module("conv2", same_convolution(filters, filters, kernel, dilation));
  if (network.normalization) norm2_ = register_module("norm2", keras_batch_norm(filters));
}

torch::Tensor ConvBlockImpl::forward(torch::Tensor x) {
  x = activate(activation_, conv1_(x));
  if (norm1_) x = norm1_(x);
  if (dropout_rate_ > 0) x = torch::dropout(x, dropout_rate_, is_training());
  x = activate(activation_, conv2_(x));
  if (norm2_) x = norm2_(x);
  return x;
}

UpConvolutionImpl::UpConvolutionImpl(std::int64_t in_channels, std::int64_t out_channels)
    : weight_(register_parameter("weight", torch::zeros({in_channels, out_channels, 2, 2}))),
      bias_(register_parameter("bias", torch::zeros({out_channels}))) {}

torch::Tensor UpConvolutionImpl::forward(const torch::Tensor& x) {
  const torch::Tensor kernel =
      weight_.permute({1, 2, 3, 0}).reshape({4 * weight_.size(1), weight_.size(0), 1, 1});
  return torch::pixel_shuffle(torch::conv2d(x, kernel, bias_.repeat_interleave(4)), 2);
}

DecoderLevelImpl::DecoderLevelImpl(const NetworkOptions& network, int level)
    : ConvBlockImpl(network, level, 2 * filters_of(network, level)) {
  up_ = register_module("up",
                        UpConvolution(filters_of(network, level + 1), filters_of(network, level)));
}

torch::Tensor DecoderLevelImpl::forward(const torch::Tensor& below, const torch::Tensor& skip) {
  return ConvBlockImpl::forward(torch::cat({up_(below), skip}, 1));
}

FlexUNetImpl::FlexUNetImpl(const NetworkOptions& network, std::uint64_t seed) : network_(network) {
  register_module("encoder", encoder_);
  register_module("decoder", decoder_);
  for (int level = 0; level < network.num_layers; ++level) {
    encoder_->push_back(ConvBlock(
        network, level, level == 0 ? network.image_channels : filters_of(network, level - 1)));
  }
  for (int level = 0; level + 1 < network.num_layers; ++level) {
    decoder_->push_back(DecoderLevel(network, level));
  }
  head_ =
      register_module("head", same_convolution(network.base_filters, network.num_classes, 1, 1));
  initialize_weights(*this, seed);
  use_channels_last(*this);
}

torch::Tensor FlexUNetImpl::forward(const torch::Tensor& images) {
  torch::Tensor x = images.to(torch::kFloat32).contiguous(torch::MemoryFormat::ChannelsLast);
  if (network_.input_normalize) x = x / 255.0;
  std::vector<torch::Tensor> skips;
  for (std::size_t level = 0; level + 1 < encoder_->size(); ++level) {
    skips.push_back(encoder_[level]->as<ConvBlockImpl>()->forward(x));
    x = torch::max_pool2d(skips.back(), 2);
  }
  x = encoder_[encoder_->size() - 1]->as<ConvBlockImpl>()->forward(x);
  for (std::size_t level = decoder_->size(); level-- > 0;) {
    x = decoder_[level]->as<DecoderLevelImpl>()->forward(x, skips[level]);
    skips.pop_back();
  }
  return head_(x);
}

void use_channels_last(torch::nn::Module& module) {
  // Module::to takes no memory format in C++.
  const torch::NoGradGuard no_grad;
  for (torch::Tensor& parameter : module.parameters()) {
    if (parameter.dim() == 4) {
      parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
    }
  }
}

}  // namespace flexunet
