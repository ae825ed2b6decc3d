#pragma once

#include <string>

#include "generator/common/survey.h"
#include "generator/verify/checks.h"

namespace flexunet {

/// What a data set is like and what was found, for people: sizes, pixels of each class, and of each
/// kind of finding the first ones.
std::string verify_text(const Survey& survey, const DatasetFindings& findings);

/// The same as JSON, with every finding.
std::string verify_json(const std::string& name, const Survey& survey,
                        const DatasetFindings& findings);

/// Pixels of each class in a split.
std::vector<std::int64_t> class_pixels_of(const Survey& survey, std::size_t split);

/// How many findings there are of a severity.
std::size_t count_findings(const DatasetFindings& findings, Severity severity);

/// Lines such as "  1 (128,40,40)   20.10 %   19.80 %", a column a split.
std::string class_share_table(const Survey& survey);

}  // namespace flexunet
