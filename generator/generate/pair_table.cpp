#include "generator/generate/pair_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "flexunet/base/csv.h"
#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/literal/utf8.h"

namespace flexunet {
namespace {

void require_utf8(const std::string& text, const std::filesystem::path& file) {
  if (text.find('\0') != std::string::npos) {
    throw DataError(file.string() + ": is UTF-16 or no text: save it as CSV in UTF-8");
  }
  const auto invalid = find_invalid_utf8(text);
  if (!invalid) return;
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(*invalid);
  throw DataError(fmt::format("{}:{}: is not UTF-8: save it as CSV in UTF-8", file.string(),
                              1 + std::count(text.begin(), end, '\n')));
}

char separator_of(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  for (const char separator : {',', ';', '\t'}) {
    if (line.find(separator) != std::string_view::npos) return separator;
  }
  return ',';
}

// Names of files have an ending, a folder or a number.
bool is_word(const std::string& text) {
  return text.find_first_of("./\\#0123456789") == std::string::npos;
}

}  // namespace

std::vector<TableLine> read_pair_table(const std::filesystem::path& file,
                                       std::vector<std::string>& problems) {
  const std::string text = read_file(file);
  require_utf8(text, file);
  std::vector<TableLine> lines;
  bool is_first = true;
  for (const auto& [number, fields] : parse_csv(text, file.string(), separator_of(text))) {
    TableLine line{fmt::format("{}:{}", file.string(), number), "", "", false};
    if (fields.size() != 2) {
      problems.push_back(
          fmt::format("{}: {} fields: must be an image and a mask", line.place, fields.size()));
    } else {
      line.image = strip(fields[0]);
      line.mask = strip(fields[1]);
      line.may_be_heading = is_first && is_word(line.image) && is_word(line.mask);
      lines.push_back(line);
    }
    is_first = false;
  }
  return lines;
}

}  // namespace flexunet
