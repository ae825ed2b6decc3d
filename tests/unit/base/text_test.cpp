#include "flexunet/base/text.h"

#include <gtest/gtest.h>

namespace flexunet {
namespace {

TEST(ToLower, ChangesAsciiLettersAlone) {
  EXPECT_EQ(to_lower("A.PNG \xC3\x84z"), "a.png \xC3\x84z");
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
