#include "flexunet/base/text.h"

#include <gtest/gtest.h>

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
