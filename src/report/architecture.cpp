#include "flexunet/report/architecture.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "flexunet/base/text.h"
#include "flexunet/options/names.h"
#include "flexunet/options/network_shape.h"

namespace flexunet {
namespace {

constexpr std::int64_t kFloatBytes = 4;

std::string describe_normalization(NormalizationKind normalization, int channels) {
  if (normalization == NormalizationKind::kBatch) return "BatchNorm";
  if (normalization == NormalizationKind::kInstance) return "InstanceNorm";
  return fmt::format("GroupNorm, {} groups", normalization_groups(normalization, channels));
}

// Collects the rows of one level after the other.
class Table {
 public:
  explicit Table(const NetworkOptions& network) : network_(network) {}

  // conv - act - [BN] - dropout - conv - act - [BN]
  void add_convolutions(const std::string& block, const LevelShape& level, int input_channels) {
    add_convolution(block, 1, level, input_channels);
    if (level.dropout > 0) {
      add(block + ".dropout", fmt::format("Dropout {:.4g}", level.dropout), level, 0);
    }
    add_convolution(block, 2, level, level.filters);
  }

  void add(const std::string& name, const std::string& kind, const LevelShape& level,
           std::int64_t parameters) {
    rows_.push_back({name, kind, level.filters, level.height, level.width, parameters});
  }

  std::vector<LayerRow> take() { return std::move(rows_); }

 private:
  void add_convolution(const std::string& block, int number, const LevelShape& level,
                       int input_channels) {
    add(fmt::format("{}.conv{}", block, number),
        fmt::format("Conv {0}x{0}, dilation {1}, {2}", level.kernel, level.dilation,
                    name_of(network_.activation)),
        level, convolution_parameters(level.kernel, input_channels, level.filters));
    if (network_.normalization != NormalizationKind::kNone) {
      add(fmt::format("{}.norm{}", block, number),
          describe_normalization(network_.normalization, level.filters), level,
          normalization_parameters(network_.normalization, level.filters));
    }
  }

  const NetworkOptions& network_;
  std::vector<LayerRow> rows_;
};

// Activations whose derivative needs the input keep it beside the result.
bool keeps_input(Activation activation) {
  switch (activation) {
    case Activation::kGelu:
    case Activation::kSoftplus:
    case Activation::kLeakyRelu:
    case Activation::kSwish:
    case Activation::kMish:
      return true;
    case Activation::kRelu:
    case Activation::kElu:
    case Activation::kSelu:
    case Activation::kTanh:
    case Activation::kSigmoid:
      return false;
  }
  return false;
}

bool starts_with(const std::string& text, const std::string& start) {
  return text.compare(0, start.size(), start) == 0;
}

// Bytes that a layer keeps for the backward pass, for one sample.
std::int64_t kept_bytes(const LayerRow& row, Activation activation) {
  const std::int64_t tensor = kFloatBytes * row.channels * row.height * row.width;
  if (starts_with(row.kind, "Max-pool")) return 3 * tensor;    // values, and indices of 8 bytes
  if (starts_with(row.kind, "Dropout")) return 2 * tensor;     // values and mask
  if (starts_with(row.kind, "Transposed")) return 2 * tensor;  // once more in the concatenation
  if (row.name == "head") return 2 * tensor;                   // logits and log-probabilities
  if (starts_with(row.kind, "Conv") && keeps_input(activation)) return 2 * tensor;
  return tensor;
}

}  // namespace

std::vector<LayerRow> layer_table(const NetworkOptions& network) {
  Table table(network);
  const int bridge = network.num_layers - 1;
  int channels = network.image_channels;
  for (int i = 0; i <= bridge; ++i) {
    const LevelShape level = level_shape(network, i);
    const std::string block = fmt::format("encoder.{}", i);
    table.add_convolutions(block, level, channels);
    channels = level.filters;
    if (i < bridge) {
      LevelShape pooled = level;
      pooled.height /= 2;
      pooled.width /= 2;
      table.add(block + ".pool", "Max-pool 2x2", pooled, 0);
    }
  }
  for (int i = bridge - 1; i >= 0; --i) {
    const LevelShape level = level_shape(network, i);
    const std::string block = fmt::format("decoder.{}", i);
    table.add(block + ".up", "Transposed conv 2x2, stride 2", level,
              convolution_parameters(2, channels, level.filters));
    table.add_convolutions(block, level, 2 * level.filters);
    channels = level.filters;
  }
  LevelShape head = level_shape(network, 0);
  head.filters = network.num_classes;
  table.add("head", "Conv 1x1", head, convolution_parameters(1, channels, network.num_classes));
  return table.take();
}

std::int64_t parameter_count(const NetworkOptions& network) {
  std::int64_t total = 0;
  for (const LayerRow& row : layer_table(network)) total += row.parameters;
  return total;
}

std::int64_t estimated_training_bytes(const NetworkOptions& network, int batch_size) {
  const std::int64_t input =
      kFloatBytes * network.image_channels * network.image_height * network.image_width;
  std::int64_t kept = input;
  std::int64_t largest = input;
  for (const LayerRow& row : layer_table(network)) {
    kept += kept_bytes(row, network.activation);
    largest = std::max(largest, kFloatBytes * row.channels * row.height * row.width);
  }
  // Weights, gradients and two moments; while going back, the gradients before and after a layer.
  return 4 * kFloatBytes * parameter_count(network) + batch_size * (kept + 2 * largest);
}

std::int64_t run_copy_bytes(const NetworkOptions& network) {
  return 3 * kFloatBytes * parameter_count(network);
}

std::int64_t estimated_inference_bytes(const NetworkOptions& network, int batch_size) {
  std::int64_t skips = 0;
  std::int64_t largest = 0;
  for (const LayerRow& row : layer_table(network)) {
    const std::int64_t bytes = kFloatBytes * row.channels * row.height * row.width;
    largest = std::max(largest, bytes);
    if (row.name.find(".pool") != std::string::npos) skips += 4 * bytes;  // before it was halved
  }
  return kFloatBytes * parameter_count(network) + batch_size * (skips + 2 * largest);
}

std::string summary_text(const NetworkOptions& network) {
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
  for (const LayerRow& row : layer_table(network)) {
    add_line(row.name, row.kind, fmt::format("({}, {}, {})", row.channels, row.height, row.width),
             with_thousands(row.parameters));
  }
  text += rule + '\n';
  const double mebibytes = static_cast<double>(kFloatBytes * parameters) / (1024.0 * 1024.0);
  return text + fmt::format("Total parameters: {} ({:.2f} MiB as float32)\n",
                            with_thousands(parameters), mebibytes);
}

}  // namespace flexunet
