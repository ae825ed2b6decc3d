#include "generator/generate/pair_table.h"

#include <fmt/format.h>

#include <string_view>

#include "flexunet/base/csv.h"
#include "flexunet/base/error.h"
#include "flexunet/base/files.h"
#include "flexunet/literal/utf8.h"

namespace flexunet {
namespace {

void refuse_utf16(const std::string& text, const std::filesystem::path& file) {
  using namespace std::string_view_literals;
  const std::string_view start = std::string_view(text).substr(0, 2);
  if (start != "\xFF\xFE"sv && start != "\xFE\xFF"sv && text.find('\0') == std::string::npos)
    return;
  throw DataError(file.string() + ": is not UTF-8 but UTF-16 or no text: save it as CSV in UTF-8");
}

char separator_of(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  for (const char separator : {',', ';', '\t'}) {
    if (line.find(separator) != std::string_view::npos) return separator;
  }
  return ',';
}

// Names of files have an ending or a folder.
bool is_heading(const TableLine& line) {
  return line.image.find_first_of("./\\#") == std::string::npos &&
         line.mask.find_first_of("./\\#") == std::string::npos;
}

}  // namespace

std::vector<TableLine> read_pair_table(const std::filesystem::path& file,
                                       std::vector<std::string>& problems) {
  const std::string text = read_file(file);
  refuse_utf16(text, file);
  std::vector<TableLine> lines;
  bool is_first = true;
  for (const auto& [number, fields] : parse_csv(text, file.string(), separator_of(text))) {
    TableLine line{fmt::format("{}:{}", file.string(), number), "", ""};
    if (fields.size() != 2) {
      problems.push_back(
          fmt::format("{}: {} fields: must be an image and a mask", line.place, fields.size()));
    } else {
      line.image = strip(fields[0]);
      line.mask = strip(fields[1]);
      if (!is_first || !is_heading(line)) lines.push_back(line);
    }
    is_first = false;
  }
  return lines;
}

}  // namespace flexunet
