#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace flexunet {

// Why no library: Debian's one CSV reader for C++ (libfccp-dev) knows no line breaks in quotes and
// wants the number of columns at compile time.

/// A row of a CSV file.
struct CsvRow {
  int line = 0;  ///< on which it begins, from 1
  std::vector<std::string> fields;
};

/// Rows of values between commas (RFC 4180) or another separator, in UTF-8: fields may stand in
/// double quotes, where separators, line ends and doubled quotes stand for themselves. Lines end in
/// LF or CRLF; empty ones and a byte order mark are left out. Throws DataError "WHERE:LINE: ..."
/// for quotes that do not close or that stand beside other text.
std::vector<CsvRow> parse_csv(std::string_view text, const std::string& where,
                              char separator = ',');

/// A text as a field: in quotes where it must be.
std::string csv_field(std::string_view text);

/// Fields as a row with its line end.
std::string csv_row(const std::vector<std::string>& fields);

}  // namespace flexunet
