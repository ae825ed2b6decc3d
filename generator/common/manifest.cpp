#include "generator/common/manifest.h"

#include <fmt/format.h>

#include <array>
#include <set>

#include "flexunet/base/csv.h"
#include "flexunet/base/error.h"
#include "flexunet/base/files.h"

namespace flexunet {
namespace {

struct Column {
  const char* name;
  std::string ManifestEntry::*member;
};

constexpr std::array<Column, 7> kColumns = {{{"image", &ManifestEntry::image},
                                             {"mask", &ManifestEntry::mask},
                                             {"source", &ManifestEntry::source},
                                             {"patient", &ManifestEntry::patient},
                                             {"series", &ManifestEntry::series},
                                             {"method", &ManifestEntry::method},
                                             {"parameters", &ManifestEntry::parameters}}};

std::vector<std::string> heading() {
  std::vector<std::string> names;
  names.reserve(kColumns.size());
  for (const Column& column : kColumns) names.emplace_back(column.name);
  return names;
}

}  // namespace

void write_manifest(const std::filesystem::path& file, const std::vector<ManifestEntry>& entries) {
  write_file(file, [&](const Append& append) {
    append(csv_row(heading()));
    for (const ManifestEntry& entry : entries) {
      std::vector<std::string> fields;
      fields.reserve(kColumns.size());
      for (const Column& column : kColumns) fields.push_back(entry.*column.member);
      append(csv_row(fields));
    }
  });
}

std::vector<ManifestEntry> read_manifest(const std::filesystem::path& file) {
  const std::string where = file.string();
  const std::vector<CsvRow> rows = parse_csv(read_file(file), where);
  if (rows.empty() || rows.front().fields != heading()) {
    throw DataError(
        fmt::format("{}:1: the first line must be {}", where, fmt::join(heading(), ",")));
  }
  std::vector<ManifestEntry> entries;
  std::set<std::string> images;
  for (std::size_t row = 1; row < rows.size(); ++row) {
    const auto& [line, fields] = rows[row];
    if (fields.size() != kColumns.size()) {
      throw DataError(fmt::format("{}:{}: {} fields: must be the {} of the first line", where, line,
                                  fields.size(), kColumns.size()));
    }
    ManifestEntry entry;
    for (std::size_t i = 0; i < kColumns.size(); ++i) entry.*kColumns[i].member = fields[i];
    if (!images.insert(entry.image).second) {
      throw DataError(fmt::format("{}:{}: {} is listed twice", where, line, entry.image));
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace flexunet
