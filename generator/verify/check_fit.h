#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "flexunet/dataset/mask_fit.h"
#include "generator/verify/checks.h"

namespace flexunet {

/// How well the masks of a data set or a split fit their images.
struct SetFit {
  std::string name;  ///< of the split; empty for the whole data set
  MaskFitResult fit;
  std::vector<const SurveyedPair*> pairs;  ///< of the survey, by MisfittingPair::index
};

/// Of all pairs whose sketches the survey kept.
SetFit measure_fit(const Survey& survey);

/// The data set, where its masks do not fit its images, else the splits of which that is true.
std::vector<SetFit> find_misfits(const Survey& survey);

/// Warning "mask_misfit", one for each.
void check_fit(const std::vector<SetFit>& misfits, DatasetFindings& findings);

/// Writes the worst pairs into a folder: the image with the border of its mask, and beside it with
/// that of the mask that follows its edges best of those tried. Returns how many pictures. Throws
/// OutputError, and DataError for files that changed meanwhile.
std::size_t write_misfit_pictures(const Survey& survey, const std::vector<SetFit>& misfits,
                                  const std::filesystem::path& folder);

}  // namespace flexunet
