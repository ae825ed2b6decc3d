#include "flexunet/base/side_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

#include "flexunet/base/text.h"

namespace flexunet {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"thumbs.db", "desktop.ini", "readme", "license",
                                                    "sha256sums"};
constexpr std::array<std::string_view, 16> kEndings = {
    ".json", ".txt",  ".csv", ".tsv", ".xml", ".md",  ".pdf", ".html",
    ".yml",  ".yaml", ".ini", ".log", ".lnk", ".url", ".tmp", ".xlsx"};

template <std::size_t Size>
bool contains(const std::array<std::string_view, Size>& known, const std::string& wanted) {
  return std::find(known.begin(), known.end(), wanted) != known.end();
}

}  // namespace

bool is_side_file(const std::filesystem::path& file) {
  const std::string name = to_lower(file.filename().string());
  if (name.empty()) return false;
  return name.front() == '.' || name.back() == '~' || contains(kNames, name) ||
         contains(kEndings, file.extension().empty() ? "" : name.substr(name.rfind('.')));
}

std::string side_files_text(const std::filesystem::path& where,
                            const std::vector<std::filesystem::path>& files) {
  if (files.empty()) return "";
  constexpr std::size_t kMostNames = 3;
  std::string names;
  for (std::size_t i = 0; i < std::min(files.size(), kMostNames); ++i) {
    names += (i == 0 ? "" : ", ") + files[i].filename().string();
  }
  if (files.size() > kMostNames) names += fmt::format(" and {} more", files.size() - kMostNames);
  return fmt::format("{}: {} passed over, as no data by {}: {}", where.string(),
                     files.size() == 1 ? "1 file is" : fmt::format("{} files are", files.size()),
                     files.size() == 1 ? "its name" : "their names", names);
}

}  // namespace flexunet
