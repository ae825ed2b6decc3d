#include "flexunet/base/random.h"

#include <cmath>
#include <numeric>
#include <utility>

namespace flexunet {
namespace {

constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15ULL;

std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace

CounterRandom::CounterRandom(std::uint64_t seed, std::uint64_t stream)
    : key_(mix(mix(seed + kGolden) ^ (stream * kGolden + 1))) {}

std::uint64_t CounterRandom::next() { return mix(key_ ^ mix(++counter_ * kGolden)); }

double CounterRandom::uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

double CounterRandom::normal() {
  constexpr double kTwoPi = 6.283185307179586;
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(kTwoPi * uniform());
}

std::uint64_t CounterRandom::below(std::uint64_t bound) {
  const std::uint64_t reject_from = UINT64_MAX - UINT64_MAX % bound;
  std::uint64_t draw = next();
  while (draw >= reject_from) draw = next();
  return draw % bound;
}

std::vector<std::size_t> shuffled_order(std::size_t count, std::uint64_t seed,
                                        std::uint64_t epoch) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  CounterRandom random(seed, epoch);
  for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

}  // namespace flexunet
