#include "flexunet/checkpoint/tensor_copy.h"

#include <gtest/gtest.h>

#include <cstring>

#include "flexunet/base/files.h"

namespace flexunet {
namespace {

NamedTensors two_tensors() {
  return {{"b", torch::randn({3})},
          {"a", torch::randn({5, 4, 3, 3}).contiguous(torch::MemoryFormat::ChannelsLast)}};
}

void expect_equal(const StoredTensors& stored, const NamedTensors& tensors) {
  ASSERT_EQ(stored.size(), tensors.size());
  for (const auto& [name, tensor] : tensors) {
    const torch::Tensor expected = tensor.contiguous();
    const StoredTensor& actual = stored.at(name);
    EXPECT_EQ(actual.dtype, "F32");
    EXPECT_EQ(actual.shape, expected.sizes().vec());
    ASSERT_EQ(actual.data.size(), expected.nbytes());
    EXPECT_EQ(std::memcmp(actual.data.data(), expected.data_ptr(), expected.nbytes()), 0) << name;
  }
}

TEST(TensorCopy, HoldsTensorsInPyTorchsLayoutAsTheyWere) {
  const NamedTensors tensors = two_tensors();
  NamedTensors before;
  for (const auto& [name, tensor] : tensors) before[name] = tensor.clone();
  TensorCopy copy;
  copy.take(tensors);
  for (auto [name, tensor] : tensors) tensor.zero_();
  expect_equal(copy.stored(), before);
}

TEST(TensorCopy, IsLaidOutAsTheFileIs) {
  TensorCopy copy;
  copy.take(two_tensors());
  const std::string_view first = copy.stored().at("a").data;
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(first.data()) % kDiskBlockBytes, 0U);
  EXPECT_EQ(copy.stored().at("b").data.data(), first.data() + first.size());
}

TEST(TensorCopy, TakesTheSameMemoryForTheSameShapes) {
  TensorCopy copy;
  copy.take(two_tensors());
  const char* memory = copy.stored().at("a").data.data();
  const NamedTensors second = two_tensors();
  copy.take(second);
  EXPECT_EQ(copy.stored().at("a").data.data(), memory);
  expect_equal(copy.stored(), second);
}

TEST(TensorCopy, TakesOtherNamesAndShapes) {
  TensorCopy copy;
  copy.take(two_tensors());
  for (const NamedTensors& other :
       {NamedTensors{{"a", torch::randn({7})}, {"b", torch::randn({3})}},
        NamedTensors{{"a", torch::randn({7})}, {"c", torch::randn({3})}},
        NamedTensors{{"a", torch::randn({7})}}, NamedTensors{}}) {
    copy.take(other);
    expect_equal(copy.stored(), other);
  }
}

}  // namespace
}  // namespace flexunet
