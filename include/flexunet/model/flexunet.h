#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <optional>

#include "flexunet/model/prepared_weight.h"
#include "flexunet/options/network_layers.h"
#include "flexunet/options/options.h"

namespace flexunet {

/// Convolution that keeps the size: (N,in,H,W) -> (N,out,H,W), computed in the number format of its
/// input. Weight (out,in,k,k), channels_last in memory, which is quicker on the CPU, and bias (out)
/// are unset at first: torch::nn::Conv2d would draw them.
class ConvolutionImpl : public torch::nn::Module {
 public:
  ConvolutionImpl(std::int64_t in_channels, std::int64_t out_channels, int kernel,
                  int dilation = 1);
  torch::Tensor forward(const torch::Tensor& x);
  int dilation() const { return dilation_; }

 private:
  torch::Tensor weight_;
  torch::Tensor bias_;
  PreparedWeight prepared_;
  int dilation_;
};
TORCH_MODULE(Convolution);

/// Two convolutions of one level: conv - activation - [normalization] - dropout - conv - activation
/// - [normalization]. (N,in,H,W) -> (N,out,H,W) of the same number format, float32 or bfloat16;
/// normalization computes in float32.
class ConvBlockImpl : public torch::nn::Module {
 public:
  ConvBlockImpl(const NetworkOptions& network, int level, std::int64_t in_channels);
  torch::Tensor forward(torch::Tensor x);

 private:
  torch::Tensor normalize(torch::nn::AnyModule& normalization, const torch::Tensor& x) const;

  Activation activation_;
  NormalizationKind normalization_;
  LevelShape shape_;
  Convolution conv1_{nullptr};
  Convolution conv2_{nullptr};
  torch::nn::AnyModule norm1_;  // empty without normalization
  torch::nn::AnyModule norm2_;
};
TORCH_MODULE(ConvBlock);

/// Transposed convolution 2x2, stride 2, concatenated with the skip connection:
/// (N,in,H,W), (N,skip,2H,2W) -> (N,out+skip,2H,2W). Parameters are laid out as ConvTranspose2d's,
/// weight (in,out,2,2) and bias (out); computed as a 1x1 convolution whose outputs are spread over
/// the pixels, which is equal within float rounding and quicker on the CPU.
class UpConvolutionImpl : public torch::nn::Module {
 public:
  UpConvolutionImpl(std::int64_t in_channels, std::int64_t out_channels);
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& skip);

 private:
  torch::Tensor weight_;
  torch::Tensor bias_;
  PreparedWeight prepared_;
};
TORCH_MODULE(UpConvolution);

/// One level of the way up: UpConvolution beside the skip connection, ConvBlock.
class DecoderLevelImpl : public ConvBlockImpl {
 public:
  DecoderLevelImpl(const NetworkOptions& network, int level);
  torch::Tensor forward(const torch::Tensor& below, const torch::Tensor& skip);

 private:
  UpConvolution up_{nullptr};
};
TORCH_MODULE(DecoderLevel);

/// The network of docs/behaviour.md, "The network". Parameter names: encoder.{level}.conv1.weight,
/// decoder.{level}.up.weight, head.weight, ...; encoder.{num_layers-1} is the bridge.
class FlexUNetImpl : public torch::nn::Module {
 public:
  /// Weights are drawn from `seed`: he_normal (truncated at 2 sigma) for the convolutions of
  /// encoder and decoder, glorot_uniform for transposed convolutions and the head, biases 0.
  /// Without a seed they stay unset until a file fills them: drawing takes seconds for large
  /// networks.
  explicit FlexUNetImpl(const NetworkOptions& network, std::optional<std::uint64_t> seed = 137);

  /// Images (N,C,H,W) uint8 or float, 0..255, to logits (N,num_classes,H,W) float32.
  torch::Tensor forward(const torch::Tensor& images);

  /// The number format of activations, torch::kFloat32 (at first) or torch::kBFloat16. Weights,
  /// normalization and the head stay float32.
  void set_compute_type(torch::ScalarType type) { compute_type_ = type; }

  const NetworkOptions& network() const { return network_; }

 private:
  NetworkOptions network_;
  torch::ScalarType compute_type_ = torch::kFloat32;
  torch::nn::ModuleList encoder_;
  torch::nn::ModuleList decoder_;
  Convolution head_{nullptr};
};
TORCH_MODULE(FlexUNet);

}  // namespace flexunet
