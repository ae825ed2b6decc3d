#include "generator/common/origins.h"

#include <fmt/format.h>

#include <system_error>

#include "flexunet/base/error.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

fs::path plain_path(const fs::path& path) { return fs::absolute(path).lexically_normal(); }

// "brain.nii.gz" for "brain.nii.gz#17".
std::string file_of_slice(const std::string& source) {
  const std::size_t mark = source.rfind('#');
  const bool is_slice = mark != std::string::npos && mark + 1 < source.size() &&
                        source.find_first_not_of("0123456789", mark + 1) == std::string::npos;
  return is_slice ? source.substr(0, mark) : source;
}

std::string group_of(const Origin& origin) {
  if (!origin.patient.empty()) return "patient " + origin.patient;
  if (!origin.series.empty()) return "series " + origin.series;
  return "source " + file_of_slice(origin.source);
}

}  // namespace

Origins::Origins(const std::string& group_pattern) : pattern_text_(group_pattern) {
  if (group_pattern.empty()) return;
  try {
    pattern_.emplace(group_pattern, std::regex::ECMAScript);
  } catch (const std::regex_error& error) {
    throw ConfigError(fmt::format("--group-pattern {}: not a regular expression: {}", group_pattern,
                                  error.what()));
  }
  if (pattern_->mark_count() == 0) {
    throw ConfigError(fmt::format(
        "--group-pattern {}: must hold a group in parentheses that tells the patient, such as "
        "'(P[0-9]+)_'",
        group_pattern));
  }
}

void Origins::add_manifest_of(const fs::path& folder) {
  std::error_code error;
  const fs::path file = folder / kManifestFile;
  if (!fs::exists(file, error)) return;
  for (ManifestEntry& entry : read_manifest(file)) {
    const fs::path image = plain_path(folder / entry.image);
    listed_.emplace(image, std::move(entry));
  }
}

void Origins::add_stems(const std::vector<SamplePair>& pairs) {
  for (const SamplePair& pair : pairs) names_.add(pair.image.stem().string());
}

Origin Origins::of(const fs::path& image) const {
  const auto found = listed_.find(plain_path(image));
  if (found == listed_.end()) return named_origin(image);
  const ManifestEntry& entry = found->second;
  Origin origin{entry.source, entry.patient, entry.series, entry.method, entry.parameters,
                "",           true,          false};
  if (pattern_ && origin.patient.empty() && origin.series.empty()) {
    origin.patient = match_pattern(image, origin.source);
  }
  origin.group = group_of(origin);
  return origin;
}

Origin Origins::named_origin(const fs::path& image) const {
  const std::string stem = image.stem().string();
  Origin origin;
  origin.source = names_.source_of(stem);
  origin.method = kSourceMethod;
  if (origin.source != stem) origin.method = stem.substr(0, stem.size() - origin.source.size() - 1);
  origin.is_source_missing = origin.is_variant() && !names_.has(origin.source);
  if (pattern_) origin.patient = match_pattern(image, origin.source);
  origin.group = group_of(origin);
  return origin;
}

std::string Origins::match_pattern(const fs::path& image, const std::string& name) const {
  std::smatch match;
  if (std::regex_search(name, match, *pattern_) && match.length(1) > 0) return match[1].str();
  throw DataError(fmt::format("{}: --group-pattern {} finds no patient in \"{}\"", image.string(),
                              pattern_text_, name));
}

std::vector<std::string> Origins::missing_pictures() const {
  std::vector<std::string> missing;
  std::error_code error;
  for (const auto& [image, entry] : listed_) {
    if (!fs::exists(image, error)) missing.push_back(image.string());
  }
  return missing;
}

}  // namespace flexunet
