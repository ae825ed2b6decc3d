#include "flexunet/report/architecture.h"

#include <fmt/format.h>

#include <iterator>

#include "flexunet/base/text.h"
#include "flexunet/options/names.h"

namespace flexunet {
namespace {

std::string describe_normalization(NormalizationKind normalization, int channels) {
  if (normalization == NormalizationKind::kBatch) return "BatchNorm";
  if (normalization == NormalizationKind::kInstance) return "InstanceNorm";
  return fmt::format("GroupNorm, {} groups", normalization_groups(normalization, channels));
}

// A concatenation only joins, and level 0 drops nothing.
bool is_shown(const NetworkLayer& layer) {
  if (layer.kind == LayerKind::kDropout) return layer.dropout > 0;
  return layer.kind != LayerKind::kConcatenation;
}

}  // namespace

std::string describe_layer(const NetworkLayer& layer, const NetworkOptions& network) {
  switch (layer.kind) {
    case LayerKind::kConvolution:
      return fmt::format("Conv {0}x{0}, dilation {1}, {2}", layer.kernel, layer.dilation,
                         name_of(network.activation));
    case LayerKind::kNormalization:
      return describe_normalization(network.normalization, layer.channels);
    case LayerKind::kDropout:
      return fmt::format("Dropout {:.4g}", layer.dropout);
    case LayerKind::kMaxPooling:
      return "Max-pool 2x2";
    case LayerKind::kUpConvolution:
      return "Transposed conv 2x2, stride 2";
    case LayerKind::kConcatenation:
      return "Concatenation with the skip";
    case LayerKind::kHead:
      return "Conv 1x1";
  }
  return "";
}

std::string summary_text(const NetworkOptions& network) {
  constexpr std::int64_t kFloatBytes = 4;
  const std::int64_t parameters = parameter_count(network);
  std::string text =
      fmt::format("FlexUNet, {} levels\nInput: ({}, {}, {}), {}\n\n", network.num_layers,
                  network.image_channels, network.image_height, network.image_width,
                  network.input_normalize ? "divided by 255" : "as it is");
  const auto add_line = [&text](const std::string& name, const std::string& kind,
                                const std::string& shape, const std::string& count) {
    fmt::format_to(std::back_inserter(text), "{:<18}  {:<36}  {:<18}  {:>13}\n", name, kind, shape,
                   count);
  };
  add_line("layer", "kind", "output (C, H, W)", "parameters");
  const std::string rule(18 + 36 + 18 + 13 + 3 * 2, '-');
  text += rule + '\n';
  for (const NetworkLayer& layer : network_layers(network)) {
    if (!is_shown(layer)) continue;
    add_line(layer.name, describe_layer(layer, network),
             fmt::format("({}, {}, {})", layer.channels, layer.height, layer.width),
             with_thousands(layer.parameters));
  }
  text += rule + '\n';
  const double mebibytes = static_cast<double>(kFloatBytes * parameters) / (1024.0 * 1024.0);
  return text + fmt::format("Total parameters: {} ({:.2f} MiB as float32)\n",
                            with_thousands(parameters), mebibytes);
}

}  // namespace flexunet
