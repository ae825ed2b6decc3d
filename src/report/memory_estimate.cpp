#include "flexunet/report/memory_estimate.h"

#include <algorithm>

#include "flexunet/options/network_layers.h"

namespace flexunet {
namespace {

constexpr std::int64_t kFloatBytes = 4;
// Threads, OpenBLAS and oneDNN: measured, whatever the network.
constexpr std::int64_t kLibraryBytes = 50'000'000;

// Whether the derivative needs the input, which is then kept beside the result.
bool keeps_input(Activation activation) {
  switch (activation) {
    case Activation::kElu:
    case Activation::kSelu:
    case Activation::kGelu:
    case Activation::kSoftplus:
    case Activation::kLeakyRelu:
    case Activation::kSwish:
    case Activation::kMish:
      return true;
    case Activation::kRelu:  // in place
    case Activation::kTanh:
    case Activation::kSigmoid:
      return false;
  }
  return false;
}

std::int64_t input_size(const NetworkLayer& layer) {
  return std::int64_t{layer.in_channels} * layer.height * layer.width;
}

// Bytes that a layer keeps for the way back, for one sample: its output, if nothing else holds it.
std::int64_t kept_bytes(const NetworkLayer& layer, const NetworkOptions& network,
                        int number_bytes) {
  const bool is_float = number_bytes == kFloatBytes;
  switch (layer.kind) {
    case LayerKind::kConvolution:
      return layer.size() * number_bytes * (keeps_input(network.activation) ? 2 : 1);
    case LayerKind::kNormalization: {
      const bool by_batch = network.normalization == NormalizationKind::kBatch;
      return (number_bytes + (by_batch || is_float ? 0 : kFloatBytes)) * layer.size();
    }
    case LayerKind::kDropout:  // a mask is drawn again from its key
      return layer.dropout > 0 ? number_bytes * layer.size() : 0;
    case LayerKind::kMaxPooling:  // maxima are looked for again
    case LayerKind::kConcatenation:
      return number_bytes * layer.size();
    case LayerKind::kUpConvolution:  // becomes part of the concatenation
      return 0;
    case LayerKind::kHead:  // logits and log-probabilities; the head itself computes in float32
      return 2 * kFloatBytes * layer.size() + (is_float ? 0 : kFloatBytes * input_size(layer));
  }
  return 0;
}

// Input and output of the layer where they are largest, for one sample.
std::int64_t largest_layer_bytes(const NetworkOptions& network, int number_bytes) {
  std::int64_t largest = 0;
  for (const NetworkLayer& layer : network_layers(network)) {
    if (layer.kind != LayerKind::kConvolution) continue;
    largest = std::max(largest, input_size(layer) + layer.size());
  }
  return number_bytes * largest;
}

// Weights and two moments.
std::int64_t run_bytes(const NetworkOptions& network) {
  return 3 * kFloatBytes * parameter_count(network);
}

// What predictions keep of the weights beside them: all of them in bfloat16, those of the
// up-convolutions in another order, and the largest of these once more while oneDNN reorders it.
// Training makes such copies too, but they do not show in its peak.
std::int64_t prepared_weights_bytes(const NetworkOptions& network, int number_bytes) {
  std::int64_t prepared = 0;
  std::int64_t largest = 0;
  for (const NetworkLayer& layer : network_layers(network)) {
    const bool is_up = layer.kind == LayerKind::kUpConvolution;
    if (is_up || number_bytes != kFloatBytes) prepared += layer.parameters;
    if (is_up) largest = std::max(largest, layer.parameters);
  }
  return number_bytes * (prepared + largest);
}

}  // namespace

std::int64_t estimated_training_bytes(const NetworkOptions& network, int batch_size,
                                      int number_bytes) {
  std::int64_t kept = std::int64_t{number_bytes} * network.image_channels * network.image_height *
                      network.image_width;
  std::int64_t largest_weight = 0;
  for (const NetworkLayer& layer : network_layers(network)) {
    kept += kept_bytes(layer, network, number_bytes);
    largest_weight = std::max(largest_weight, layer.parameters);
  }
  // Its gradient, and weight and gradient once more in the order that oneDNN computes in.
  const std::int64_t while_largest = 3 * kFloatBytes * largest_weight;
  return kLibraryBytes + run_bytes(network) + while_largest +
         batch_size * (kept + largest_layer_bytes(network, number_bytes));
}

std::int64_t estimated_inference_bytes(const NetworkOptions& network, int batch_size,
                                       int number_bytes) {
  std::int64_t skips = 0;
  std::int64_t logits = 0;
  for (const NetworkLayer& layer : network_layers(network)) {
    if (layer.kind == LayerKind::kMaxPooling) skips += 4 * layer.size();  // before it was halved
    if (layer.kind == LayerKind::kHead) logits = layer.size();
  }
  return kLibraryBytes + kFloatBytes * parameter_count(network) +
         prepared_weights_bytes(network, number_bytes) +
         batch_size * (number_bytes * skips + largest_layer_bytes(network, number_bytes) +
                       2 * kFloatBytes * logits);
}

std::int64_t run_copy_bytes(const NetworkOptions& network) { return run_bytes(network); }

}  // namespace flexunet
