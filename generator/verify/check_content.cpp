#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "generator/verify/checks.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

void check_palette(const Survey& survey, DatasetFindings& findings) {
  if (const std::string text = blended_colors_text(survey); !text.empty()) {
    findings.push_back({"blended", Severity::kWarning, {}, text});
  }
  if (survey.is_map_guessed) return;
  for (const SurveyedPair& pair : survey.pairs) {
    const OffPalette& off = pair.off_palette;
    if (off.pixels == 0) continue;
    const auto nearest = std::find_if(
        survey.rgb_map.begin(), survey.rgb_map.end(),
        [&](const RgbMapEntry& entry) { return entry.class_index == off.nearest_class; });
    findings.push_back(
        {"off_palette",
         Severity::kWarning,
         {pair.pair.mask},
         fmt::format("{}: {} pixels of {} colour{} outside rgb_map, {} of them {}, first at x {}, "
                     "y {}: read as class {} {}",
                     pair.pair.mask.string(), off.pixels, off.colors, off.colors == 1 ? "" : "s",
                     off.color_pixels, color_text(off.color), off.first.x, off.first.y,
                     off.nearest_class, color_text(nearest->color))});
  }
}

void check_classes(const Survey& survey, std::size_t split, DatasetFindings& findings) {
  std::vector<std::int64_t> pixels(survey.rgb_map.size());
  std::vector<fs::path> background;
  std::size_t masks = 0;
  for (const SurveyedPair& pair : survey.pairs) {
    if (pair.split != split || pair.class_pixels.empty()) continue;
    ++masks;
    std::int64_t foreground = 0;
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      pixels[i] += pair.class_pixels[i];
      if (i > 0) foreground += pair.class_pixels[i];
    }
    if (foreground == 0) background.push_back(pair.pair.mask);
  }
  const std::string& name = survey.splits[split].name;
  for (const RgbMapEntry& entry : survey.rgb_map) {
    const auto index = static_cast<std::size_t>(entry.class_index);
    if (masks == 0 || pixels.at(index) > 0) continue;
    findings.push_back({"missing_class",
                        Severity::kWarning,
                        {},
                        fmt::format("{}: class {} {} occurs in none of its {} masks", name,
                                    entry.class_index, color_text(entry.color), masks)});
  }
  if (background.empty()) return;
  const std::string text = fmt::format("{}: {} of {} masks show background alone: {}", name,
                                       background.size(), masks, list_names(background));
  findings.push_back({"all_background", Severity::kWarning, background, text});
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Far from the median in units of the median deviation, which outliers do not move.
void check_contrast(const Survey& survey, DatasetFindings& findings) {
  constexpr double kFar = 6.0, kNormalScale = 1.4826, kLeastDeviation = 1.0;
  constexpr std::size_t kFewImages = 8;
  std::vector<double> contrasts;
  for (const SurveyedPair& pair : survey.pairs) {
    if (pair.has_image()) contrasts.push_back(pair.contrast);
  }
  if (contrasts.empty()) return;
  const double usual = median(contrasts);
  std::vector<double> deviations;
  deviations.reserve(contrasts.size());
  for (const double contrast : contrasts) deviations.push_back(std::abs(contrast - usual));
  const double scale = std::max(kNormalScale * median(deviations), kLeastDeviation);
  for (const SurveyedPair& pair : survey.pairs) {
    if (!pair.has_image()) continue;
    const bool is_flat = pair.contrast == 0;
    const bool is_far =
        contrasts.size() >= kFewImages && std::abs(pair.contrast - usual) > kFar * scale;
    if (!is_flat && !is_far) continue;
    findings.push_back(
        {"contrast",
         Severity::kWarning,
         {pair.pair.image},
         fmt::format("{}: {}: its values have a standard deviation of {:.1f}, usual are {:.1f} "
                     "+- {:.1f}",
                     pair.pair.image.string(),
                     is_flat                 ? "shows nothing"
                     : pair.contrast < usual ? "low contrast"
                                             : "high contrast",
                     pair.contrast, usual, scale)});
  }
}

}  // namespace

void check_content(const Survey& survey, DatasetFindings& findings) {
  check_palette(survey, findings);
  for (std::size_t split = 0; split < survey.splits.size(); ++split) {
    check_classes(survey, split, findings);
  }
  check_contrast(survey, findings);
}

}  // namespace flexunet
