#pragma once

#include <cstddef>
#include <cstdint>

namespace flexunet {

/// Which elements dropout keeps: each with probability 1 - rate, drawn anew from key and position
/// whenever it is asked for, so that no mask is stored. Positions are counted in blocks.
class DropoutMask {
 public:
  /// Elements of a block.
  static constexpr std::size_t kBlock = std::size_t{1} << 15;

  /// `rate`: the share that is dropped, 0 <= rate < 1.
  DropoutMask(std::uint64_t key, double rate);

  /// Element i of block `block`, i < count <= kBlock: in[i] / (1 - rate) where it is kept, else 0.
  /// `in` and `out` point at the block's first element.
  void apply(std::uint64_t block, const float* in, float* out, std::size_t count) const;
  /// The same for numbers in bfloat16, given as their bits.
  void apply(std::uint64_t block, const std::uint16_t* in, std::uint16_t* out,
             std::size_t count) const;

 private:
  std::uint64_t key_;
  std::uint32_t threshold_;  // hashes below are dropped
  float scale_;
};

}  // namespace flexunet
