#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace flexunet {

/// Counter-based random numbers: the n-th draw of (seed, stream) is a pure function of the three,
/// so that order and number of threads do not matter and nothing needs to be stored to resume. Two
/// rounds of the SplitMix64 finaliser (Steele, Lea, Flood 2014) mix key and counter.
class CounterRandom {
 public:
  CounterRandom(std::uint64_t seed, std::uint64_t stream);
  /// 64 random bits.
  std::uint64_t next();
  /// Uniform in [0, 1), 53 random bits.
  double uniform();
  /// Uniform in [low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Standard normal deviate (Box-Muller, two draws each).
  double normal();
  /// Uniform in 0..bound-1 without bias (rejection); bound >= 1.
  std::uint64_t below(std::uint64_t bound);

 private:
  std::uint64_t key_;
  std::uint64_t counter_ = 0;
};

/// A permutation of 0..count-1 (Fisher-Yates) that depends on seed and epoch alone.
std::vector<std::size_t> shuffled_order(std::size_t count, std::uint64_t seed, std::uint64_t epoch);

}  // namespace flexunet
