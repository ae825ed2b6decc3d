#include "flexunet/model/flexunet.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "flexunet/config/network_shape.h"
#include "flexunet/model/activation.h"
#include "flexunet/model/fft_convolution.h"
#include "flexunet/model/initialization.h"

namespace flexunet {
namespace {

// Pixels on each side that keep the size.
std::int64_t same_padding(const LevelShape& level) { return level.kernel / 2 * level.dilation; }

torch::nn::Conv2d same_convolution(std::int64_t in_channels, const LevelShape& level) {
  return torch::nn::Conv2d(torch::nn::Conv2dOptions(in_channels, level.filters, level.kernel)
                               .dilation(level.dilation)
                               .padding(same_padding(level)));
}

// Weight 1 and bias 0 for each channel; statistics over the batch, or over the groups of an image.
torch::nn::AnyModule make_normalization(NormalizationKind kind, int channels) {
  constexpr double kEpsilon = 1e-3;  // Keras's
  // Keras's momentum 0.99 is the share of the old value, LibTorch's that of the new one.
  constexpr double kMomentum = 0.01;
  switch (kind) {
    case NormalizationKind::kNone:
      return {};
    case NormalizationKind::kBatch:
      return torch::nn::AnyModule(torch::nn::BatchNorm2d(
          torch::nn::BatchNorm2dOptions(channels).eps(kEpsilon).momentum(kMomentum)));
    case NormalizationKind::kGroup:
    case NormalizationKind::kInstance:
      return torch::nn::AnyModule(torch::nn::GroupNorm(
          torch::nn::GroupNormOptions(normalization_groups(kind, channels), channels)
              .eps(kEpsilon)));
  }
  throw std::logic_error("normalization without a case");
}

}  // namespace

ConvBlockImpl::ConvBlockImpl(const NetworkOptions& network, int level, std::int64_t in_channels)
    : activation_(network.activation), shape_(level_shape(network, level)) {
  conv1_ = register_module("conv1", same_convolution(in_channels, shape_));
  norm1_ = make_normalization(network.normalization, shape_.filters);
  if (!norm1_.is_empty()) register_module("norm1", norm1_.ptr());
  conv2_ = register_module("conv2", same_convolution(shape_.filters, shape_));
  norm2_ = make_normalization(network.normalization, shape_.filters);
  if (!norm2_.is_empty()) register_module("norm2", norm2_.ptr());
}

torch::Tensor ConvBlockImpl::convolve(torch::nn::Conv2d& convolution,
                                      const torch::Tensor& x) const {
  if (const auto tiles = choose_fft_tiles(x, convolution->weight, shape_.dilation)) {
    return fft_convolution(x, convolution->weight, convolution->bias, *tiles);
  }
  const torch::ScalarType type = x.scalar_type();
  return torch::conv2d(x, convolution->weight.to(type), convolution->bias.to(type), 1,
                       same_padding(shape_), shape_.dilation);
}

torch::Tensor ConvBlockImpl::forward(torch::Tensor x) {
  const torch::ScalarType type = x.scalar_type();
  const auto normalize = [type](torch::nn::AnyModule& normalization, const torch::Tensor& input) {
    if (normalization.is_empty()) return input;
    return normalization.forward(input.to(torch::kFloat32)).to(type);
  };
  x = normalize(norm1_, activate(activation_, convolve(conv1_, x)));
  if (shape_.dropout > 0) x = torch::dropout(x, shape_.dropout, is_training());
  return normalize(norm2_, activate(activation_, convolve(conv2_, x)));
}

UpConvolutionImpl::UpConvolutionImpl(std::int64_t in_channels, std::int64_t out_channels)
    : weight_(register_parameter("weight", torch::zeros({in_channels, out_channels, 2, 2}))),
      bias_(register_parameter("bias", torch::zeros({out_channels}))) {}

torch::Tensor UpConvolutionImpl::forward(const torch::Tensor& x) {
  const torch::Tensor kernel =
      weight_.permute({1, 2, 3, 0}).reshape({4 * weight_.size(1), weight_.size(0), 1, 1});
  const torch::ScalarType type = x.scalar_type();
  const torch::Tensor bias = bias_.repeat_interleave(4);
  return torch::pixel_shuffle(torch::conv2d(x, kernel.to(type), bias.to(type)), 2);
}

DecoderLevelImpl::DecoderLevelImpl(const NetworkOptions& network, int level)
    : ConvBlockImpl(network, level, 2 * level_shape(network, level).filters) {
  up_ = register_module("up", UpConvolution(level_shape(network, level + 1).filters,
                                            level_shape(network, level).filters));
}

torch::Tensor DecoderLevelImpl::forward(const torch::Tensor& below, const torch::Tensor& skip) {
  return ConvBlockImpl::forward(torch::cat({up_(below), skip}, 1));
}

FlexUNetImpl::FlexUNetImpl(const NetworkOptions& network, std::uint64_t seed) : network_(network) {
  register_module("encoder", encoder_);
  register_module("decoder", decoder_);
  for (int level = 0; level < network.num_layers; ++level) {
    const int inputs =
        level == 0 ? network.image_channels : level_shape(network, level - 1).filters;
    encoder_->push_back(ConvBlock(network, level, inputs));
  }
  for (int level = 0; level + 1 < network.num_layers; ++level) {
    decoder_->push_back(DecoderLevel(network, level));
  }
  head_ = register_module("head", torch::nn::Conv2d(torch::nn::Conv2dOptions(
                                      network.base_filters, network.num_classes, 1)));
  initialize_weights(*this, seed);
  use_channels_last(*this);
}

torch::Tensor FlexUNetImpl::forward(const torch::Tensor& images) {
  torch::Tensor x = images.to(torch::kFloat32).contiguous(torch::MemoryFormat::ChannelsLast);
  if (network_.input_normalize) x = x / 255.0;
  x = x.to(compute_type_);
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
  return head_(x.to(torch::kFloat32));
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
