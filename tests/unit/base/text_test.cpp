#include "flexunet/base/text.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <vector>

namespace flexunet {
namespace {

TEST(ToLower, ChangesAsciiLettersAlone) {
  EXPECT_EQ(to_lower("A.PNG \xC3\x84z"), "a.png \xC3\x84z");
}

TEST(IsUnsignedNumber, TakesWhatFitsInto64Bits) {
  for (const char* text : {"0", "137", "18446744073709551615"}) {
    EXPECT_TRUE(is_unsigned_number(text)) << text;
  }
  for (const char* text : {"", "-1", "+1", " 1", "1.5", "0x1", "18446744073709551616"}) {
    EXPECT_FALSE(is_unsigned_number(text)) << text;
  }
}

TEST(NaturalLess, CountsDigitsAsNumbers) {
  const std::vector<std::string> in_order{"",        "1",        "IM-1",  "IM-01", "IM-2", "IM-2b",
                                          "IM-10",   "IM-10.5",  "IM-a1", "IM-ab", "a1b2", "a1b10",
                                          "slice_9", "slice_10", "x",     "x0",    "x00"};
  for (std::size_t i = 0; i < in_order.size(); ++i) {
    for (std::size_t k = 0; k < in_order.size(); ++k) {
      EXPECT_EQ(natural_less(in_order[i], in_order[k]), i < k)
          << in_order[i] << ", " << in_order[k];
    }
  }
}

TEST(WithThousands, SetsACommaEveryThreeDigits) {
  EXPECT_EQ(with_thousands(0), "0");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(1000), "1,000");
  EXPECT_EQ(with_thousands(126809218), "126,809,218");
  EXPECT_EQ(with_thousands(-999), "-999");
  EXPECT_EQ(with_thousands(-123456), "-123,456");
}

}  // namespace
}  // namespace flexunet
