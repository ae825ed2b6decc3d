#include "flexunet/base/checksum.h"

#include <gtest/gtest.h>

namespace flexunet {
namespace {

// The check value of the CRC-32 catalogue.
TEST(Checksum, IsTheStandardOne) {
  EXPECT_EQ(crc32_of("123456789"), 0xcbf43926U);
  EXPECT_EQ(crc32_of(""), 0U);
  EXPECT_EQ(crc32_of("6789", crc32_of("12345")), 0xcbf43926U);
  EXPECT_EQ(crc32_of({}, 0xcbf43926U), 0xcbf43926U);
}

TEST(Checksum, IsWrittenWithEightDigits) {
  EXPECT_EQ(checksum_text(0xcbf43926U), "cbf43926");
  EXPECT_EQ(checksum_text(0xabU), "000000ab");
}

}  // namespace
}  // namespace flexunet
