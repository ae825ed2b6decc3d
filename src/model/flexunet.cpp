#include "flexunet/model/flexunet.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "flexunet/options/network_layers.h"
#include "model/activation.h"
#include "model/convolution.h"
#include "model/dropout.h"
#include "model/initialization.h"
#include "model/skip_connection.h"

namespace flexunet {
namespace {

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

ConvolutionImpl::ConvolutionImpl(std::int64_t in_channels, std::int64_t out_channels, int kernel,
                                 int dilation)
    : weight_(register_parameter("weight", torch::empty({out_channels, in_channels, kernel, kernel},
                                                        torch::MemoryFormat::ChannelsLast))),
      bias_(register_parameter("bias", torch::empty({out_channels}))),
      dilation_(dilation) {}

torch::Tensor ConvolutionImpl::forward(const torch::Tensor& x) {
  return convolve(x, weight_, bias_, dilation_, prepared_);
}

ConvBlockImpl::ConvBlockImpl(const NetworkOptions& network, int level, std::int64_t in_channels)
    : activation_(network.activation),
      normalization_(network.normalization),
      shape_(level_shape(network, level)) {
  const auto convolution = [this](std::int64_t inputs) {
    return Convolution(inputs, shape_.filters, shape_.kernel, shape_.dilation);
  };
  conv1_ = register_module("conv1", convolution(in_channels));
  norm1_ = make_normalization(network.normalization, shape_.filters);
  if (!norm1_.is_empty()) register_module("norm1", norm1_.ptr());
  conv2_ = register_module("conv2", convolution(shape_.filters));
  norm2_ = make_normalization(network.normalization, shape_.filters);
  if (!norm2_.is_empty()) register_module("norm2", norm2_.ptr());
}

torch::Tensor ConvBlockImpl::forward(torch::Tensor x) {
  x = normalize(norm1_, activate(activation_, conv1_(x)));
  x = apply_dropout(x, shape_.dropout, is_training());
  return normalize(norm2_, activate(activation_, conv2_(x)));
}

torch::Tensor ConvBlockImpl::normalize(torch::nn::AnyModule& normalization,
                                       const torch::Tensor& x) const {
  if (normalization.is_empty()) return x;
  if (normalization_ == NormalizationKind::kBatch) return normalization.forward(x);
  // LibTorch's GroupNorm wants one number format for all.
  return normalization.forward(x.to(torch::kFloat32)).to(x.scalar_type());
}

UpConvolutionImpl::UpConvolutionImpl(std::int64_t in_channels, std::int64_t out_channels)
    : weight_(register_parameter("weight", torch::empty({in_channels, out_channels, 2, 2},
                                                        torch::MemoryFormat::ChannelsLast))),
      bias_(register_parameter("bias", torch::empty({out_channels}))) {}

torch::Tensor UpConvolutionImpl::forward(const torch::Tensor& x, const torch::Tensor& skip) {
  const torch::ScalarType type = convolution_type(x);
  const torch::Tensor kernel = prepared_.get(weight_, type, [&](const torch::Tensor& weight) {
    return weight.permute({2, 3, 1, 0})
        .reshape({4 * weight.size(1), weight.size(0), 1, 1})
        .to(type);
  });
  const torch::Tensor bias = bias_.repeat({4});
  return unfold_beside_skip(torch::conv2d(x.to(type), kernel, bias.to(type)).to(x.scalar_type()),
                            skip);
}

DecoderLevelImpl::DecoderLevelImpl(const NetworkOptions& network, int level)
    : ConvBlockImpl(network, level, 2 * level_shape(network, level).filters) {
  up_ = register_module("up", UpConvolution(level_shape(network, level + 1).filters,
                                            level_shape(network, level).filters));
}

torch::Tensor DecoderLevelImpl::forward(const torch::Tensor& below, const torch::Tensor& skip) {
  return ConvBlockImpl::forward(up_(below, skip));
}

FlexUNetImpl::FlexUNetImpl(const NetworkOptions& network, std::optional<std::uint64_t> seed)
    : network_(network) {
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
  head_ = register_module("head", Convolution(network.base_filters, network.num_classes, 1));
  if (seed) initialize_weights(*this, *seed);
}

torch::Tensor FlexUNetImpl::forward(const torch::Tensor& images) {
  torch::Tensor x = images.to(torch::kFloat32).contiguous(torch::MemoryFormat::ChannelsLast);
  if (network_.input_normalize) x = x / 255.0;
  x = x.to(compute_type_);
  std::vector<torch::Tensor> skips;
  for (std::size_t level = 0; level + 1 < encoder_->size(); ++level) {
    auto [pooled, skip] = pool_with_skip(encoder_[level]->as<ConvBlockImpl>()->forward(x));
    skips.push_back(skip);
    x = pooled;
  }
  x = encoder_[encoder_->size() - 1]->as<ConvBlockImpl>()->forward(x);
  for (std::size_t level = decoder_->size(); level-- > 0;) {
    x = decoder_[level]->as<DecoderLevelImpl>()->forward(x, skips[level]);
    skips.pop_back();
  }
  return head_(x.to(torch::kFloat32));
}

}  // namespace flexunet
