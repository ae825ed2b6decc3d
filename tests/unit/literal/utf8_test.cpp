#include "flexunet/literal/utf8.h"

#include <gtest/gtest.h>

namespace flexunet {
namespace {

TEST(Composed, GivesOneFormToOneName) {
  EXPECT_EQ(composed("Scha\xCC\x88"
                     "del"),
            "Sch\xC3\xA4"
            "del");
  EXPECT_EQ(composed("Sch\xC3\xA4"
                     "del"),
            "Sch\xC3\xA4"
            "del");
  EXPECT_EQ(composed("plain_001"), "plain_001");
  EXPECT_EQ(composed(""), "");
  // Hangul syllables from their letters.
  EXPECT_EQ(composed("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB"), "\xED\x95\x9C");
}

TEST(Composed, LeavesWhatIsNotUtf8) {
  for (const char* text : {"Sch\xE4"
                           "del",
                           "\xFF", "a\xCC"})
    EXPECT_EQ(composed(text), text);
}

}  // namespace
}  // namespace flexunet
