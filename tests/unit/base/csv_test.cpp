#include "flexunet/base/csv.h"

#include <gtest/gtest.h>

#include "flexunet/base/error.h"

namespace flexunet {
namespace {

using Fields = std::vector<std::string>;

std::string error_of(std::string_view text) {
  try {
    parse_csv(text, "list.csv");
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

TEST(ParseCsv, ReadsRowsAndTheirLines) {
  const auto rows = parse_csv("\xEF\xBB\xBFimage,mask\r\na.png,b.png\n\n\"x\ny\",\nlast,one", "f");
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].fields, (Fields{"image", "mask"}));
  EXPECT_EQ(rows[1].fields, (Fields{"a.png", "b.png"}));
  EXPECT_EQ(rows[2].fields, (Fields{"x\ny", ""}));
  EXPECT_EQ(rows[3].fields, (Fields{"last", "one"}));
  EXPECT_EQ(rows[0].line, 1);
  EXPECT_EQ(rows[2].line, 4);
  EXPECT_EQ(rows[3].line, 6);
}

TEST(ParseCsv, ReadsNothingFromNothing) {
  EXPECT_TRUE(parse_csv("", "f").empty());
  EXPECT_TRUE(parse_csv("\n\r\n", "f").empty());
}

TEST(ParseCsv, GivesBackEveryField) {
  const Fields fields{"", "plain", "a,b", "say \"x\"", "\"", "two\nlines", "end\r\n", " blank "};
  const auto rows = parse_csv(csv_row(fields) + csv_row({""}) + csv_row(fields), "f");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].fields, fields);
  EXPECT_EQ(rows[1].fields, Fields{""});
  EXPECT_EQ(rows[2].fields, fields);
  EXPECT_EQ(csv_row({"a", "b c"}), "a,b c\n");
}

TEST(ParseCsv, RefusesQuotesThatMeanNothing) {
  EXPECT_EQ(error_of("a\n\"b\nc"), "list.csv:2: the quote is never closed");
  EXPECT_EQ(error_of("a,\"b\"c"),
            "list.csv:1: only a separator or the line's end may follow a quote");
  EXPECT_NE(error_of("\na\"b").find("list.csv:2: a quote within a field"), std::string::npos);
}

}  // namespace
}  // namespace flexunet
