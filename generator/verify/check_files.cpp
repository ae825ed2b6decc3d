#include <fmt/format.h>

#include <algorithm>

#include "generator/verify/check_fit.h"
#include "generator/verify/checks.h"

namespace flexunet {
namespace {

const char* kind_of(PairProblemKind kind) {
  switch (kind) {
    case PairProblemKind::kNothingFound:
      return "missing";
    case PairProblemKind::kSharedName:
      return "ambiguous";
    case PairProblemKind::kOrphan:
      break;
  }
  return "orphan";
}

// Variants of pictures that are not there may still share them with another split.
void check_sources(const Survey& survey, DatasetFindings& findings) {
  std::vector<std::filesystem::path> files;
  const SurveyedPair* first = nullptr;
  for (const SurveyedPair& pair : survey.pairs) {
    if (!pair.origin.is_source_missing) continue;
    if (first == nullptr) first = &pair;
    files.push_back(pair.pair.image);
  }
  if (first == nullptr) return;
  const std::string text = fmt::format(
      "{} images are by their names variants of images that are not there, such as {} of {}",
      files.size(), files.front().string(), first->origin.source);
  findings.push_back({"missing_source", Severity::kWarning, files, text});
}

}  // namespace

void check_files(const Survey& survey, DatasetFindings& findings) {
  for (const PairProblem& problem : survey.pair_problems) {
    findings.push_back({kind_of(problem.kind), Severity::kError, problem.files, problem.text});
  }
  for (const SurveyedPair& pair : survey.pairs) {
    const auto& [stem, image, mask] = pair.pair;
    if (!pair.image_problem.empty()) {
      findings.push_back({"unreadable", Severity::kError, {image}, pair.image_problem});
    }
    if (!pair.mask_problem.empty()) {
      findings.push_back({"unreadable", Severity::kError, {mask}, pair.mask_problem});
    }
    if (!pair.has_image() || !pair.has_mask() || pair.image_size == pair.mask_size) continue;
    findings.push_back(
        {"size_mismatch",
         Severity::kError,
         {image, mask},
         fmt::format("{}: the mask is {}x{} but its image {} is {}x{}: must be equal",
                     mask.string(), pair.mask_size.width, pair.mask_size.height, image.string(),
                     pair.image_size.width, pair.image_size.height)});
  }
  for (const std::string& missing : survey.missing_pictures) {
    findings.push_back({"manifest",
                        Severity::kWarning,
                        {missing},
                        missing + ": listed in " + kManifestFile + ", but not there"});
  }
}

DatasetFindings check_dataset(const Survey& survey, bool lenient) {
  DatasetFindings findings;
  check_files(survey, findings);
  check_sources(survey, findings);
  check_leaks(survey, findings);
  check_content(survey, lenient, findings);
  check_fit(find_misfits(survey), findings);
  std::stable_partition(findings.begin(), findings.end(), [](const DatasetFinding& finding) {
    return finding.severity == Severity::kError;
  });
  return findings;
}

std::string list_names(const std::vector<std::filesystem::path>& files) {
  constexpr std::size_t kMost = 5;
  std::string list;
  for (std::size_t i = 0; i < std::min(files.size(), kMost); ++i) {
    list += (i == 0 ? "" : ", ") + files[i].filename().string();
  }
  if (files.size() > kMost) list += fmt::format(" and {} more", files.size() - kMost);
  return list;
}

}  // namespace flexunet
