#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "generator/common/survey.h"

namespace flexunet {

enum class Severity { kError, kWarning };

/// How two pictures compare.
struct PictureLikeness {
  std::string orientation;     ///< of the first one, to lie as the other: orientation_text
  double correlation = 0;      ///< of their details, -1..1
  double mask_agreement = -1;  ///< share of pixels of one class in both masks; -1: unknown
};

/// Something about a data set that a user should know before training.
struct DatasetFinding {
  std::string kind;  ///< "orphan", "unreadable", ...: the words of docs/datasets.md
  Severity severity = Severity::kWarning;
  std::vector<std::filesystem::path> files;
  std::string text;  ///< what, where, and what would be right
  std::optional<PictureLikeness> likeness{};
};
using DatasetFindings = std::vector<DatasetFinding>;

/// Errors "missing", "ambiguous", "orphan", "unreadable", "size_mismatch"; warnings "manifest",
/// "missing_source".
void check_files(const Survey& survey, DatasetFindings& findings);
/// Errors "leak_patient", "leak_series", "leak_source", "leak_identical", "leak_same_picture" (the
/// same picture turned or compressed again); warnings "same_name",
/// "duplicate", "look_alike".
void check_leaks(const Survey& survey, DatasetFindings& findings);
/// Error "off_palette" for a split most of whose masks' pixels are far from rgb_map, with `lenient`
/// a warning; warnings "off_palette", "blended", "missing_class", "all_background", "contrast".
void check_content(const Survey& survey, bool lenient, DatasetFindings& findings);

/// All of them and "mask_misfit", errors first, else in this order.
DatasetFindings check_dataset(const Survey& survey, bool lenient = false);

/// Up to five names of files, and how many there are beside them.
std::string list_names(const std::vector<std::filesystem::path>& files);

}  // namespace flexunet
