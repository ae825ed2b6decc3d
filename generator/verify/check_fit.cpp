#include "generator/verify/check_fit.h"

#include <fmt/format.h>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>

#include "flexunet/imaging/image_io.h"
#include "flexunet/imaging/overlay.h"
#include "flexunet/imaging/resize.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

SetFit measure_part(const Survey& survey, const std::string& name,
                    std::optional<std::size_t> split) {
  SetFit set{name, {}, {}};
  if (survey.rgb_map.empty()) return set;
  MaskFit fit;
  for (const SurveyedPair& pair : survey.pairs) {
    if (pair.sketch.empty() || !pair.has_mask() || (split && pair.split != *split)) continue;
    fit.add(pair.pair.stem, pair.sketch.image, sketched_classes(survey, pair.sketch));
    set.pairs.push_back(&pair);
  }
  set.fit = fit.result();
  // Where the survey skipped pairs, places among the kept ones are not those among the files.
  if (!survey.is_sketched_whole) set.fit.shift.reset();
  return set;
}

cv::Mat shown_image(const Survey& survey, const SurveyedPair& pair) {
  const cv::Mat image = read_again(survey, pair);
  return image.channels() == 3 ? image : shown_picture(image, 0);
}

// The image with the border between the classes of a mask in yellow.
cv::Mat outlined(const cv::Mat& image, const cv::Mat& class_mask) {
  static const RgbMap kYellow({{{0, 0, 0}, 0}, {{255, 255, 0}, 1}});
  const cv::Mat classes = resize_mask(class_mask, image.size());
  cv::Mat border;
  cv::morphologyEx(classes, border, cv::MORPH_GRADIENT,
                   cv::getStructuringElement(cv::MORPH_RECT, {3, 3}));
  border = (border > 0) / 255;
  cv::Mat picture = image.clone();
  overlay_classes(picture, border, kYellow);
  return picture;
}

}  // namespace

SetFit measure_fit(const Survey& survey) { return measure_part(survey, "", std::nullopt); }

std::vector<SetFit> find_misfits(const Survey& survey) {
  std::vector<SetFit> misfits;
  SetFit whole = measure_fit(survey);
  if (whole.fit.is_misfit()) {
    misfits.push_back(std::move(whole));
    return misfits;
  }
  for (std::size_t split = 0; split < survey.splits.size(); ++split) {
    SetFit part = measure_part(survey, survey.splits[split].name, split);
    if (part.fit.is_misfit()) misfits.push_back(std::move(part));
  }
  return misfits;
}

void check_fit(const std::vector<SetFit>& misfits, DatasetFindings& findings) {
  for (const SetFit& set : misfits) {
    std::vector<fs::path> files;
    for (const MisfittingPair& pair : set.fit.worst) {
      files.push_back(set.pairs[pair.index]->pair.mask);
    }
    const std::string where = set.name.empty() ? "" : set.name + ": ";
    const std::string text = fmt::format("{}{}; the worst: {}: look at them with --pictures FOLDER",
                                         where, mask_fit_warning(set.fit), list_names(files));
    findings.push_back({"mask_misfit", Severity::kWarning, files, text});
  }
}

std::size_t write_misfit_pictures(const Survey& survey, const std::vector<SetFit>& misfits,
                                  const fs::path& folder) {
  std::size_t written = 0;
  for (const SetFit& set : misfits) {
    for (const MisfittingPair& misfit : set.fit.worst) {
      const SurveyedPair& pair = *set.pairs[misfit.index];
      const cv::Mat image = shown_image(survey, pair);
      const cv::Mat own = outlined(image, read_classes_again(survey, pair));
      const cv::Mat better = outlined(image, read_classes_again(survey, *set.pairs[misfit.better]));
      cv::Mat picture;
      cv::hconcat(own, better, picture);
      const std::string name =
          fmt::format("misfit_{:02}_{}_mask_of_{}.png", ++written, pair.pair.image.stem().string(),
                      set.pairs[misfit.better]->pair.image.stem().string());
      write_png(folder / name, picture);
    }
  }
  return written;
}

}  // namespace flexunet
