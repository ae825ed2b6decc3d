#include "keras/keras_model_bytes.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <stdexcept>
#include <string>

#include "support/keras_layers.h"

namespace flexunet {
namespace {

KerasModel sample_model() {
  const float infinity = std::numeric_limits<float>::infinity();
  return {{{"input_1", {}},
           {"conv2d", {{"kernel:0", {1, 1, 2, 1}, {0.5F, infinity}}, {"bias:0", {1}, {-3}}}},
           {"", {{"", {}, {}}}}},
          std::string("{\"a\": \0}", 8)};
}

std::string bytes_of(const KerasModel& model) {
  std::string bytes;
  append_keras_model(model, [&](std::string_view part) { bytes += part; });
  return bytes;
}

TEST(KerasModelBytes, GiveTheModelBack) {
  const KerasModel model = keras_model_from_bytes(bytes_of(sample_model()));
  expect_equal(model.layers, sample_model().layers);
  EXPECT_EQ(model.architecture, sample_model().architecture);
}

TEST(KerasModelBytes, AreRefusedWhenTheyEndEarlyOrLate) {
  const std::string whole = bytes_of(sample_model());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THROW(keras_model_from_bytes(whole.substr(0, size)), std::out_of_range) << size;
  }
  EXPECT_THROW(keras_model_from_bytes(whole + "x"), std::out_of_range);
}

// Memory for so many elements is never asked for.
TEST(KerasModelBytes, AreRefusedWhenTheyClaimMoreThanTheyHold) {
  const std::string whole = bytes_of(sample_model());
  for (std::size_t at = 0; at + 8 <= whole.size(); ++at) {
    std::string bad = whole;
    std::memset(&bad[at], 0xFF, 8);
    try {
      keras_model_from_bytes(bad);
    } catch (const std::out_of_range&) {
    }
  }
  EXPECT_THROW(keras_model_from_bytes(std::string(8, '\xff')), std::out_of_range);
}

}  // namespace
}  // namespace flexunet
