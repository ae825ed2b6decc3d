#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "generator/verify/checks.h"

namespace flexunet {
namespace fs = std::filesystem;
namespace {

// Masks with many colours beside images with few, in most of the pairs that were kept. Masks that
// were compressed or resized have some colours too many, photographs hundreds.
bool look_swapped(const Survey& survey, std::size_t split) {
  constexpr int kManyColors = 16, kRatio = 2;
  std::size_t known = 0, swapped = 0;
  for (const SurveyedPair& pair : survey.pairs) {
    const PairSketch& sketch = pair.sketch;
    if (pair.split != split || sketch.image_colors == 0 || sketch.mask_colors == 0) continue;
    ++known;
    if (sketch.mask_colors > kManyColors && sketch.mask_colors > kRatio * sketch.image_colors) {
      ++swapped;
    }
  }
  return 2 * swapped > known;
}

DatasetFinding wrong_masks(const Survey& survey, std::size_t split, bool lenient,
                           const std::string& problem, const fs::path& example) {
  return {"off_palette",
          lenient ? Severity::kWarning : Severity::kError,
          {example},
          fmt::format("{}: {}, such as {}{} (--lenient makes this a warning)",
                      survey.splits[split].name, problem, example.string(),
                      look_swapped(survey, split)
                          ? ": the folders of images and masks look swapped"
                          : ": these are other masks, or rgb_map is that of another data set")};
}

// Whether more than half of the pixels of a split's masks are far from rgb_map: one finding then.
bool has_wrong_masks(const Survey& survey, std::size_t split, bool lenient,
                     DatasetFindings& findings) {
  std::int64_t stray = 0, all = 0;
  std::size_t masks = 0;
  const SurveyedPair* worst = nullptr;
  for (const SurveyedPair& pair : survey.pairs) {
    if (pair.split != split || pair.class_pixels.empty()) continue;
    const std::int64_t pixels = pair.off_palette.stray_pixels;
    all += pair.mask_size.area();
    stray += pixels;
    masks += pixels > 0 ? 1 : 0;
    if (worst == nullptr || pixels > worst->off_palette.stray_pixels) worst = &pair;
  }
  if (2 * stray <= all) return false;
  findings.push_back(wrong_masks(
      survey, split, lenient,
      fmt::format(
          "{:.0f} % of the masks' pixels, in {} masks, are far from every colour of rgb_map",
          100.0 * static_cast<double>(stray) / static_cast<double>(all), masks),
      worst->pair.mask));
  return true;
}

// Colours guessed from photographs mean nothing.
void check_guessed_palette(const Survey& survey, std::size_t split, bool lenient,
                           DatasetFindings& findings) {
  if (!look_swapped(survey, split)) return;
  const auto first = std::find_if(survey.pairs.begin(), survey.pairs.end(),
                                  [&](const SurveyedPair& pair) { return pair.split == split; });
  findings.push_back(wrong_masks(
      survey, split, lenient, "the masks have more colours than their images", first->pair.mask));
}

void check_palette(const Survey& survey, std::size_t split, DatasetFindings& findings) {
  for (const SurveyedPair& pair : survey.pairs) {
    const OffPalette& off = pair.off_palette;
    if (pair.split != split || off.pixels == 0) continue;
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

void check_content(const Survey& survey, bool lenient, DatasetFindings& findings) {
  if (const std::string text = blended_colors_text(survey); !text.empty()) {
    findings.push_back({"blended", Severity::kWarning, {}, text});
  }
  for (std::size_t split = 0; split < survey.splits.size(); ++split) {
    // A map that was guessed from the masks themselves says nothing about their colours.
    if (survey.is_map_guessed) {
      check_guessed_palette(survey, split, lenient, findings);
    } else if (!has_wrong_masks(survey, split, lenient, findings)) {
      check_palette(survey, split, findings);
    }
  }
  for (std::size_t split = 0; split < survey.splits.size(); ++split) {
    check_classes(survey, split, findings);
  }
  check_contrast(survey, findings);
}

}  // namespace flexunet
