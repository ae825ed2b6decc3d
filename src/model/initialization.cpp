#include "model/initialization.h"

#include <ATen/CPUGeneratorImpl.h>

#include <cmath>
#include <string>

namespace flexunet {
namespace {

bool ends_with(const std::string& text, const std::string& ending) {
  return text.size() >= ending.size() &&
         text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

// Normal deviates cut at two sigma, by the inverse of the distribution function: no rejection, so
// that every element costs one draw.
void truncated_normal(torch::Tensor weight, double sigma, const at::Generator& generator) {
  const double erf_of_two_sigma = std::erf(2.0 / std::sqrt(2.0));
  weight.uniform_(-erf_of_two_sigma, erf_of_two_sigma, generator);
  weight.erfinv_().mul_(std::sqrt(2.0) * sigma);
}

void he_normal(torch::Tensor weight, const at::Generator& generator) {
  // What is left of a unit normal's standard deviation after the cut at two sigma.
  constexpr double kTruncatedDeviation = 0.87962566103423978;
  const double fan_in = static_cast<double>(weight[0].numel());
  truncated_normal(weight, std::sqrt(2.0 / fan_in) / kTruncatedDeviation, generator);
}

void glorot_uniform(torch::Tensor weight, const at::Generator& generator) {
  // The limit is symmetric in fan_in and fan_out, so both layouts (in,out,..) and (out,in,..) do.
  const double receptive = static_cast<double>(weight[0][0].numel());
  const double fans = receptive * static_cast<double>(weight.size(0) + weight.size(1));
  const double limit = std::sqrt(6.0 / fans);
  weight.uniform_(-limit, limit, generator);
}

}  // namespace

void initialize_weights(torch::nn::Module& network, std::uint64_t seed) {
  const torch::NoGradGuard no_grad;
  const at::Generator generator = at::make_generator<at::CPUGeneratorImpl>(seed);
  for (auto& item : network.named_parameters()) {
    torch::Tensor& parameter = item.value();
    if (parameter.dim() == 4) {
      const bool glorot = item.key() == "head.weight" || ends_with(item.key(), ".up.weight");
      // The order of the draws is that of the elements, not of the memory.
      const torch::Tensor drawn = torch::empty(parameter.sizes());
      glorot ? glorot_uniform(drawn, generator) : he_normal(drawn, generator);
      parameter.copy_(drawn);
    } else if (ends_with(item.key(), ".bias")) {
      parameter.zero_();
    }
  }
}

}  // namespace flexunet
