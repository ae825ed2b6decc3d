#include "flexunet/base/csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "flexunet/base/error.h"

namespace flexunet {
namespace {

class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& where, char separator)
      : rest_(text), where_(where), separator_(separator) {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (rest_.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
      rest_.remove_prefix(kByteOrderMark.size());
    }
  }

  std::vector<CsvRow> rows() {
    std::vector<CsvRow> rows;
    while (!rest_.empty()) {
      if (skip_line_end()) continue;
      rows.push_back(row());
    }
    return rows;
  }

 private:
  CsvRow row() {
    CsvRow row{line_, {}};
    while (true) {
      row.fields.push_back(!rest_.empty() && rest_.front() == '"' ? quoted_field() : bare_field());
      if (rest_.empty() || skip_line_end()) return row;
      if (rest_.front() != separator_) {
        fail(line_, "only a separator or the line's end may follow a quote");
      }
      rest_.remove_prefix(1);
    }
  }

  bool skip_line_end() {
    for (const std::string_view end : {"\n", "\r\n"}) {
      if (rest_.substr(0, end.size()) != end) continue;
      rest_.remove_prefix(end.size());
      ++line_;
      return true;
    }
    return false;
  }

  std::string bare_field() {
    const char ends[] = {separator_, '\n', '\0'};
    std::size_t length = std::min(rest_.find_first_of(ends), rest_.size());
    if (length < rest_.size() && length > 0 && rest_[length] == '\n' && rest_[length - 1] == '\r') {
      --length;
    }
    std::string field(rest_.substr(0, length));
    if (field.find('"') != std::string::npos) {
      fail(line_, "a quote within a field: the whole field must stand in quotes, the quote twice");
    }
    rest_.remove_prefix(length);
    return field;
  }

  std::string quoted_field() {
    const int first_line = line_;
    rest_.remove_prefix(1);
    std::string field;
    while (true) {
      const std::size_t quote = rest_.find('"');
      if (quote == std::string_view::npos) fail(first_line, "the quote is never closed");
      const std::string_view part = rest_.substr(0, quote);
      for (const char character : part) line_ += character == '\n' ? 1 : 0;
      field += part;
      rest_.remove_prefix(quote + 1);
      if (rest_.empty() || rest_.front() != '"') return field;
      field += '"';
      rest_.remove_prefix(1);
    }
  }

  [[noreturn]] void fail(int line, const char* problem) const {
    throw DataError(fmt::format("{}:{}: {}", where_, line, problem));
  }

  std::string_view rest_;
  const std::string& where_;
  char separator_;
  int line_ = 1;
};

}  // namespace

std::vector<CsvRow> parse_csv(std::string_view text, const std::string& where, char separator) {
  return CsvReader(text, where, separator).rows();
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string field = "\"";
  for (const char character : text) {
    if (character == '"') field += '"';
    field += character;
  }
  return field + '"';
}

std::string csv_row(const std::vector<std::string>& fields) {
  std::string row;
  for (const std::string& field : fields) {
    if (&field != &fields.front()) row += ',';
    row += csv_field(field);
  }
  // A line of nothing is no row: a single empty field needs its quotes.
  return (row.empty() ? "\"\"" : row) + "\n";
}

}  // namespace flexunet
