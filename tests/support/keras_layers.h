#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <vector>

#include "keras/keras_h5.h"

namespace flexunet {

/// Names, shapes and values of all layers are equal, in order.
inline void expect_equal(const std::vector<KerasLayer>& found,
                         const std::vector<KerasLayer>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].name, expected[i].name);
    ASSERT_EQ(found[i].weights.size(), expected[i].weights.size()) << found[i].name;
    for (std::size_t j = 0; j < found[i].weights.size(); ++j) {
      EXPECT_EQ(found[i].weights[j].name, expected[i].weights[j].name);
      EXPECT_EQ(found[i].weights[j].shape, expected[i].weights[j].shape);
      EXPECT_EQ(found[i].weights[j].data, expected[i].weights[j].data) << found[i].name;
    }
  }
}

}  // namespace flexunet
